"""A scheduler that is made of others in, when each of them has its turn out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.chain.timeflow.made_with import Product, given
from trainlint.chain.timeflow.timeline import Timeline
from trainlint.facts.schedule import Amount, Phase, Schedule
from trainlint.facts.symbols import Sequence, Symbol
from trainlint.facts.value import Known
from trainlint.record import record

_PACKAGES = ("torch.optim.lr_scheduler", "lr_scheduler")


@record
class Turn:
    """A part of a scheduler: `whole` moves it on, from its count `start` on, until the run ends if `last`."""

    whole: Symbol
    start: float
    last: bool


def turns_of(made: Product, line: Timeline) -> Iterator[tuple[int, Turn]]:
    """The parts of `SequentialLR` and `ChainedScheduler`, by the identity of their symbols."""
    package, _, kind = made.name.rpartition(".")
    chained = kind == "ChainedScheduler"
    if package not in _PACKAGES or not (chained or kind == "SequentialLR"):
        return
    parts = given(made, (0 if chained else 1, "schedulers"), line)
    marks = None if chained else given(made, (2, "milestones"), line)
    items = parts.items if isinstance(parts, Sequence) and not parts.open else ()
    counts = marks.items if isinstance(marks, Sequence) and not marks.open else ()
    starts = (0.0, *(line.calculator.number(count) for count in counts))
    for part, start in zip(items, (0.0,) * len(items) if chained else starts, strict=False):
        if start is not None:
            yield id(part), Turn(made.symbol, start, chained or part is items[-1])


def turned(schedules: Iterable[Schedule], turn: Turn) -> Iterator[Schedule]:
    """The schedules of a part, counted by the whole; what another part cuts short is left out."""
    for schedule in schedules:
        if turn.last or schedule.phase is Phase.WARMUP:
            start, end = (_later(amount, turn.start) for amount in (schedule.start, schedule.end))
            name = schedule.name if turn.start == 0 else schedule.name.rpartition(".")[2]
            yield replace(schedule, name=name, start=start, end=end)


def _later(amount: Amount, start: float) -> Amount:
    """A count of a part as the whole counts it: no key alone decides it any more."""
    if start == 0 or not isinstance(amount.value, Known):
        return amount
    value = Known(amount.value.value + start, amount.value.span)
    return replace(amount, value=value, key=None, origin=None)
