"""Schedules and amounts in, the words and places for them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Note
from trainlint.facts.schedule import Amount, Schedule, TimeFlow
from trainlint.facts.value import Known
from trainlint.regex import regex
from trainlint.rules.base import value_story
from trainlint.source import Span

#: Counts from here on mean "never".
NEVER = 100_000_000
_COUNTED = regex(r"_(?:steps?|iters?|iterations|updates|batches|epochs)$")


def known(amount: Amount) -> float | None:
    """The number, None where it is not known."""
    return amount.value.value if isinstance(amount.value, Known) else None


def timed(chain: Chain) -> Iterator[tuple[Schedule, float, float, float]]:
    """Each schedule that the run's own counter moves, with its start, its end and the run's length."""
    for time in chain.times:
        for schedule in time.schedules:
            start, end, most = known(schedule.start), known(schedule.end), known(schedule.horizon)
            if end is None or not most or not schedule.applied or _miscounted(schedule, time):
                continue
            yield schedule, start or 0.0, end, most


def _miscounted(schedule: Schedule, time: TimeFlow) -> bool:
    """Whether its counter is at fault, or the length that it is computed from: told by a rule of its own."""
    counted = {counter.counted for counter in time.counters}
    return schedule.horizon.span in counted or (schedule.end.ratio and bool(time.formulas))


def count(value: float) -> str:
    """`50000`, `1.5`."""
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}".rstrip("0")


def percent(part: float) -> str:
    """`12 %`, `0.12 %`."""
    value = 100 * part
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"


def place(schedule: Schedule, amount: Amount) -> Span:
    """Where a person would change it: the key's value, else the code."""
    return amount.origin.span if amount.origin is not None else schedule.span


def story(schedule: Schedule, amount: Amount) -> tuple[Note, ...]:
    """How the value got there, and the code that uses it."""
    used = Note(schedule.span, "it is used here")
    return (*(value_story(amount.origin) if amount.origin is not None else ()), used)


def as_ratio(key: str) -> str:
    """What a key of a fixed number would be called as a part of the run."""
    return _COUNTED.sub("_ratio", key) if _COUNTED.search(key) else f"{key}_ratio"


def advice(amount: Amount, most: float, unit: str) -> str:
    """How to make a schedule fit."""
    if amount.key is None:
        return f"make it end within the {count(most)} {unit} of the run"
    ratio = as_ratio(amount.key.rpartition(".")[2])
    return f"set it within {count(most)} {unit}, or give a part of the run (`{ratio}`), which fits any length"
