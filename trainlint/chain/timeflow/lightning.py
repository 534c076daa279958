"""The trainers of Lightning that a script makes in, the runs that they make out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.chain.timeflow import trainers
from trainlint.chain.timeflow.made_with import Arguments, Product, changed
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline, calls
from trainlint.chain.timeflow.trainers import CHECKPOINT, TRAINER, Role, Run
from trainlint.facts.schedule import Action, Amount, Interval, Number, Unit
from trainlint.facts.symbols import Code, Constant, Sequence, Symbol, Table
from trainlint.facts.value import Known, Unknown, Value

_NAMES = frozenset(
    name for table in (TRAINER, CHECKPOINT) for argument in table.values() for name in argument.names
)
_NEEDS_DATA = "how many steps the run takes depends on the length of its data"


def runs(
    line: Timeline, origin: Origins, found: tuple[Product, ...], words: Mapping[str, str]
) -> Iterator[Run]:
    """A run for each trainer; what is saved so often belongs to the only one."""
    own = [product for product in found if product.package in trainers.LIGHTNING]
    started = [product for product in own if product.kind == "Trainer"]
    if not started:
        return
    later = changed(line.events, _NAMES)
    savers = [product for product in own if product.kind == "ModelCheckpoint" and len(started) == 1]
    configured = tuple(_configured(line))
    for product in started:
        given = Arguments(line, origin, TRAINER, product, later, words)
        steps, epochs = _steps(given), _epochs(given)
        saved = (Arguments(line, origin, CHECKPOINT, saver, later, words) for saver in savers)
        intervals = (
            *_evaluations(given, steps, epochs),
            *(interval for saver in saved for interval in _saves(saver, steps, epochs)),
        )
        horizons = {Unit.STEP: steps, Unit.EPOCH: epochs}
        moved = tuple((scheduler, horizons[unit], unit) for scheduler, unit in configured)
        yield Run(steps, (), tuple(intervals), moved)


def _steps(given: Arguments) -> Amount:
    """How many steps of the optimizer the run takes: `max_steps`, where no end of its epochs comes first."""
    amount = given.amount(Role.STEPS)
    return Amount(_length(given), amount.text, amount.span, amount.key, amount.origin)


def _length(given: Arguments) -> Value[Number]:
    span = given.product.span
    cut = next((role for role in trainers.CUTS if given.is_given(role)), None)
    if cut is not None:
        return Unknown(f"`{TRAINER[cut].names[0]}` may end the run early", span)
    epochs = given.value(Role.EPOCHS)
    steps = given.number(Role.STEPS)
    bound = epochs in (Known(None, span), Known(-1, span))
    return Known(steps, span) if bound and steps is not None and steps > 0 else Unknown(_NEEDS_DATA, span)


def _epochs(given: Arguments) -> Amount:
    """How many epochs it takes at most, where no number of steps comes first."""
    amount, span = given.amount(Role.EPOCHS), given.product.span
    steps, epochs = given.value(Role.STEPS), given.value(Role.EPOCHS)
    count: Value[Number] = Unknown("how many epochs the run takes is known at run time only", span)
    if steps in (Known(None, span), Known(-1, span)) and not any(map(given.is_given, trainers.CUTS)):
        number = given.number(Role.EPOCHS)
        if epochs == Known(None, span):
            count = Known(trainers.EPOCHS_OF_LIGHTNING, span)
        elif number is not None and number > 0:
            count = Known(number, span)
    return Amount(count, amount.text, amount.span, amount.key, amount.origin)


def _evaluations(given: Arguments, steps: Amount, epochs: Amount) -> Iterator[Interval]:
    """Every so many batches in all, or in some of the epochs."""
    between = given.number(Role.EPOCHS_BETWEEN)
    if between is not None and between >= 1:
        yield _interval(given, Role.EPOCHS_BETWEEN, Action.EVALUATION, epochs, Unit.EPOCH)
    every, batches = given.value(Role.EVALUATED_EVERY), given.number(Role.ACCUMULATION)
    counts_on = given.value(Role.EPOCHS_BETWEEN) == Known(None, given.product.span)
    if counts_on and batches is not None and isinstance(every, Known) and isinstance(every.value, int):
        value = steps.value
        if isinstance(value, Known):
            value = Known(value.value * batches, value.span)
        whole = Amount(value, steps.text, steps.span, steps.key, steps.origin)
        yield _interval(given, Role.EVALUATED_EVERY, Action.EVALUATION, whole, Unit.BATCH)


def _saves(saver: Arguments, steps: Amount, epochs: Amount) -> Iterator[Interval]:
    """What `ModelCheckpoint` saves."""
    for role, horizon, unit in (
        (Role.SAVED_EVERY, steps, Unit.STEP),
        (Role.EPOCHS_BETWEEN, epochs, Unit.EPOCH),
    ):
        every = saver.number(role)
        if every is not None and every >= 1:
            yield _interval(saver, role, Action.CHECKPOINT, horizon, unit)


def _interval(given: Arguments, role: Role, action: Action, horizon: Amount, unit: Unit) -> Interval:
    return Interval(
        frozenset((action,)), given.amount(role), horizon, unit, 1, False, given.product.span, True
    )


def _configured(line: Timeline) -> Iterator[tuple[Symbol, Unit]]:
    """The schedulers that `configure_optimizers` gives to the trainer, and what moves them on."""
    for call in calls(line.events):
        if isinstance(call.callee, Code) and call.callee.name == "configure_optimizers":
            yield from _schedulers(call.result, line)


def _schedulers(given: Symbol, line: Timeline) -> Iterator[tuple[Symbol, Unit]]:
    """`{"optimizer": …, "lr_scheduler": …}` or `[optimizer], [scheduler]`."""
    if isinstance(given, Table):
        for scheduler in _entries(given, "lr_scheduler"):
            yield from _one(scheduler, line)
    elif isinstance(given, Sequence) and len(given.items) == 2 and isinstance(given.items[1], Sequence):
        for scheduler in given.items[1].items:
            yield from _one(scheduler, line)


def _one(given: Symbol, line: Timeline) -> Iterator[tuple[Symbol, Unit]]:
    """A scheduler, or a dictionary that also says when it moves: after each epoch if nothing else is said."""
    if not isinstance(given, Table):
        yield given, Unit.EPOCH
        return
    when = [*_entries(given, "interval"), Constant("epoch")]
    often = [*_entries(given, "frequency"), Constant(1)]
    found = line.calculator.value(when[0], line.span)
    if line.calculator.number(often[0]) == 1 and isinstance(found, Known):
        units = {"step": Unit.STEP, "epoch": Unit.EPOCH}
        for scheduler in _entries(given, "scheduler") if found.value in units else ():
            yield scheduler, units[str(found.value)]


def _entries(table: Table, name: str) -> list[Symbol]:
    """What a dictionary has under a key, nothing where other code may have changed it."""
    if table.open or table.touched:
        return []
    return [value for key, value in table.entries if key == Constant(name)]
