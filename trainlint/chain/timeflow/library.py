"""A timeline in, the schedules that libraries make for it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.timeflow.amounts import amount_of
from trainlint.chain.timeflow.made_with import Product, given, products
from trainlint.chain.timeflow.moving import Moved, Movers
from trainlint.chain.timeflow.schedules import Origins
from trainlint.chain.timeflow.timeline import Timeline, calls, settings_of
from trainlint.chain.timeflow.trainers import FALLING, RISING
from trainlint.chain.timeflow.turns import turned, turns_of
from trainlint.facts.schedule import AfterEnd, Amount, Phase, Schedule
from trainlint.facts.symbols import Made
from trainlint.facts.value import Known
from trainlint.record import record


@record
class Kind:
    """A scheduler: the argument (position, name) that says when it ends, if it does, and its warm-up's.

    `named` is the argument that says by name which scheduler is made.
    """

    end: tuple[int, str] | None
    warmup: tuple[int, str] | None = None
    phase: Phase = Phase.DECAY
    after: AfterEnd = AfterEnd.HOLDS
    default: float | None = None
    named: tuple[int, str] | None = None


_WARM = ((1, "num_warmup_steps"),)
#: The factors between which `LinearLR` goes where they are not given.
_LINEAR = (1 / 3, 1.0)
_TORCH = {
    "LinearLR": Kind((3, "total_iters"), phase=Phase.WARMUP, default=5),
    "ConstantLR": Kind((2, "total_iters"), phase=Phase.WAIT, default=5),
    "PolynomialLR": Kind((1, "total_iters"), default=5),
    "CosineAnnealingLR": Kind((1, "T_max"), after=AfterEnd.TURNS),
    "OneCycleLR": Kind((2, "total_steps"), after=AfterEnd.RAISES),
}
_TRANSFORMERS = {
    "get_linear_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_cosine_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_cosine_with_hard_restarts_schedule_with_warmup": Kind(
        (2, "num_training_steps"), (1, "num_warmup_steps")
    ),
    "get_polynomial_decay_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_constant_schedule_with_warmup": Kind(None, (1, "num_warmup_steps")),
    "get_inverse_sqrt_schedule": Kind(None, (1, "num_warmup_steps")),
    "get_cosine_with_min_lr_schedule_with_warmup": Kind((2, "num_training_steps"), (1, "num_warmup_steps")),
    "get_scheduler": Kind((3, "num_training_steps"), (2, "num_warmup_steps"), named=(0, "name")),
}


def library_schedules(movers: Movers, origin: Origins) -> Iterator[Schedule]:
    """A schedule for each scheduler that is made, and one for its warm-up."""
    found = [call for call in calls(movers.line.events) if isinstance(call.result, Made)]
    made = {id(product.symbol): product for product in products(movers.line, found)}
    parts = {part: turn for product in made.values() for part, turn in turns_of(product, movers.line)}
    for key, product in made.items():
        kind, turn = kind_of(product.name), parts.get(key)
        moved = movers.of(turn.whole if turn is not None else product.symbol) if kind is not None else None
        if kind is not None and moved is not None:
            own = _schedules(product, kind, moved, movers, origin)
            yield from own if turn is None else turned(own, turn)


def kind_of(name: str) -> Kind | None:
    """Which scheduler a function or class makes, by its full name."""
    package, _, last = name.rpartition(".")
    if package in ("torch.optim.lr_scheduler", "lr_scheduler"):
        return _TORCH.get(last)
    if package.startswith(("transformers", "diffusers.optimization")):
        return _TRANSFORMERS.get(last)
    return None


def _schedules(
    made: Product, kind: Kind, moved: Moved, movers: Movers, origin: Origins
) -> Iterator[Schedule]:
    line, name = movers.line, made.kind
    rises, falls = _forms(made, kind, line)
    warm = given(made, kind.warmup, line) if rises else None
    ending = given(made, kind.end, line) if falls else None
    start = amount_of(warm, line, origin, name) if warm is not None else _zero(made)
    phase = _falling(made, line) or kind.phase
    whole = Schedule("", phase, start, start, moved.horizon, moved.unit, made.span, applied=moved.ever)
    if warm is not None and (ending is not None or not falls):
        rising = start.key or f"{name} warm-up"
        yield replace(whole, name=rising, phase=Phase.WARMUP, start=_zero(made), end=start)
    end = amount_of(ending, line, origin, name) if ending is not None else _default(kind, made)
    if end is None or not falls:
        return
    own = settings_of(ending) if ending is not None else ()
    scales = any(setting.path in movers.length.own for setting in own)
    yield replace(
        whole,
        name=name if scales else end.key or name,
        end=replace(end, ratio=True) if scales else end,
        after=kind.after,
    )


def _forms(made: Product, kind: Kind, line: Timeline) -> tuple[bool, bool]:
    """Whether it rises first, and whether it comes to an end."""
    if kind.named is None:
        return kind.warmup is not None, kind.end is not None
    symbol = given(made, kind.named, line)
    found = line.calculator.value(symbol, made.span) if symbol is not None else None
    name = found.value if isinstance(found, Known) else None
    return name in RISING, name in FALLING


def _falling(made: Product, line: Timeline) -> Phase | None:
    """`LinearLR` from a larger factor to a smaller one is a decay."""
    ends = [given(made, which, line) for which in ((1, "start_factor"), (2, "end_factor"))]
    if made.kind != "LinearLR" or ends == [None, None]:
        return None
    first, last = (
        line.calculator.number(symbol) if symbol is not None else default
        for symbol, default in zip(ends, _LINEAR, strict=True)
    )
    return Phase.DECAY if first is not None and last is not None and first > last else None


def _zero(made: Product) -> Amount:
    return Amount(Known(0, made.span), "0", made.span)


def _default(kind: Kind, made: Product) -> Amount | None:
    if kind.default is None or kind.end is None or any(key in ("*", "**") for key, _ in made.keywords):
        return None
    return Amount(Known(kind.default, made.span), kind.end[1], made.span)
