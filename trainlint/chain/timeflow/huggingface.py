"""The trainers of transformers and trl that a script makes in, the runs that they make out."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping

from trainlint.chain.timeflow import trainers
from trainlint.chain.timeflow.made_with import Arguments, Product, changed
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline
from trainlint.chain.timeflow.trainers import TRAINING_ARGUMENTS, Role, Run
from trainlint.facts.schedule import Action, Amount, Interval, Number, Phase, Schedule, Unit
from trainlint.facts.symbols import Constant, Sequence, Setting, Symbol
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span

_NAMES = frozenset(name for argument in TRAINING_ARGUMENTS.values() for name in argument.names)
_NEEDS_DATA = "how many steps the run takes depends on the length of its data"


def runs(
    line: Timeline, origin: Origins, found: tuple[Product, ...], words: Mapping[str, str]
) -> Iterator[Run]:
    """A run for each object of arguments, with the trainer that it is given to, where one is seen."""
    own = [product for product in found if product.package in trainers.TRANSFORMERS]
    started = [product for product in own if product.kind.endswith("Trainer")]
    made = [product for product in own if product.kind in trainers.ARGUMENTS]
    if not started and not made:
        return
    later = changed(line.events, _NAMES)
    pairs: list[tuple[Product, Product | None]] = []
    for trainer in started:
        given = _argument(trainer, trainers.ARGUMENTS_OF_TRAINER)
        known = (product for product in made if product.symbol is given)
        held = next(known, None) or _parsed(given, trainer)
        if held is not None:
            pairs.append((held, trainer))
    paired = {id(product.symbol) for product, _ in pairs}
    pairs += [(product, None) for product in made if id(product.symbol) not in paired]
    for product, started_by in pairs:
        if started_by is None or not started_by.has(trainers.RUNS_ITSELF):
            yield _run(Arguments(line, origin, TRAINING_ARGUMENTS, product, later, words), started_by)


def _argument(trainer: Product, argument: trainers.Argument) -> Symbol | None:
    named = next((value for key, value in trainer.keywords if key in argument.names), None)
    if named is None and argument.position is not None and not trainer.has(("__init__",)):
        return next(iter(trainer.positional[argument.position :]), None)
    return named


def _parsed(given: Symbol | None, trainer: Product) -> Product | None:
    """The arguments of the command line, from which `HfArgumentParser` makes the object."""
    if not isinstance(given, Setting):
        return None
    node = given.made.node if given.made is not None else None
    lineage = (node,) if isinstance(node, ast.ClassDef) else ()
    return Product("", given, (), (("**", given),), trainer.span, trainer.place, lineage)


def _run(given: Arguments, trainer: Product | None) -> Run:
    length = _length(given, trainer)
    steps = given.amount(Role.STEPS)
    total = Amount(length, steps.text, steps.span, steps.key, steps.origin)
    own = _schedulers(trainer) if trainer is not None else ()
    replaced = trainer is not None and (trainer.has(trainers.SCHEDULES_ITSELF) or own is None or bool(own))
    return Run(
        total,
        () if replaced else tuple(_schedules(given, total)),
        tuple(_evaluations(given, total)),
        tuple((scheduler, total, Unit.STEP) for scheduler in own or ()),
    )


def _schedulers(trainer: Product) -> tuple[Symbol, ...] | None:
    """The scheduler of `optimizers=(optimizer, scheduler)`, nothing where there is none, None: not known."""
    given = _argument(trainer, trainers.OPTIMIZERS_OF_TRAINER)
    if given is None:
        return () if all(key not in ("*", "**") for key, _ in trainer.keywords) else None
    if not isinstance(given, Sequence) or len(given.items) != 2:
        return None
    return tuple(item for item in given.items[1:] if item != Constant(None))


def _length(given: Arguments, trainer: Product | None) -> Value[Number]:
    """How many steps of the optimizer the run takes: `max_steps`, or else the epochs over the data."""
    span = given.product.span
    steps = given.number(Role.STEPS)
    if steps is None:
        unsaid = given.unsaid(Role.STEPS)
        reason = f"how many steps the run takes is not known: {unsaid.reason}" if unsaid else _NEEDS_DATA
        return Unknown(reason, unsaid.span if unsaid else span)
    if steps > 0:
        return Known(steps, span)
    return Unknown(_NEEDS_DATA, span)


def _schedules(given: Arguments, total: Amount) -> Iterator[Schedule]:
    """The warm-up of the learning rate, and its fall behind it."""
    kind, span = given.text(Role.SCHEDULER), given.product.span
    if kind not in trainers.RISING:
        return
    warm = _warmup(given, total)
    if warm is not None:
        yield Schedule(warm.text, Phase.WARMUP, _zero(span), warm, total, Unit.STEP, span)
    if kind in trainers.FALLING and not (warm is not None and _is_behind(warm, total)):
        end = Amount(total.value, kind, total.span, ratio=True)
        yield Schedule(kind, Phase.DECAY, warm or _zero(span), end, total, Unit.STEP, span)


def _warmup(given: Arguments, total: Amount) -> Amount | None:
    """When the warm-up ends: a number of steps beats a part of the run."""
    steps = given.number(Role.WARMUP)
    if steps is None or steps >= 1:
        return given.amount(Role.WARMUP)
    role = Role.WARMUP if steps > 0 else Role.WARMUP_PART
    part, amount = given.number(role), given.amount(role)
    if part == 0:
        return None
    value = total.value
    if part is None:
        value = amount.value
    elif isinstance(value, Known):
        value = Known(math.ceil(value.value * part), amount.span)
    return Amount(value, amount.text, amount.span, amount.key, amount.origin, ratio=True)


def _is_behind(start: Amount, end: Amount) -> bool:
    """Whether something starts after its end."""
    known = isinstance(start.value, Known) and isinstance(end.value, Known)
    return known and start.value.value >= end.value.value


def _zero(span: Span) -> Amount:
    return Amount(Known(0, span), "0", span)


def _evaluations(given: Arguments, total: Amount) -> Iterator[Interval]:
    """What is evaluated every so many steps; what is saved is saved at the end of the run too."""
    every, start = given.number(Role.EVALUATED_EVERY), given.number(Role.EVALUATED_FROM)
    if given.text(Role.EVALUATED_WHEN) != "steps" or every is None or every < 1 or start != 0:
        return
    if given.truth(Role.EVALUATED_FIRST) is False:
        yield Interval(
            actions=frozenset((Action.EVALUATION,)),
            every=given.amount(Role.EVALUATED_EVERY),
            horizon=total,
            unit=Unit.STEP,
            first=1,
            finally_too=False,
            span=given.product.span,
            perhaps_finally=True,
        )
