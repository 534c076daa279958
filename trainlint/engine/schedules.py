"""A chain in, its schedules in the form that reporters print out."""

from __future__ import annotations

from trainlint.chain.model import Chain
from trainlint.facts.schedule import Amount
from trainlint.facts.value import Known
from trainlint.report.outcome import ScheduleResult


def schedules(chain: Chain) -> tuple[ScheduleResult, ...]:
    """Every schedule of a launch, in the order of its code."""
    found = (
        ScheduleResult(
            name=schedule.name,
            start=_number(schedule.start),
            end=_number(schedule.end),
            total=_number(schedule.horizon),
            unit=schedule.unit.value,
            file=schedule.span.file,
            line=schedule.span.line,
        )
        for time in chain.times
        for schedule in time.schedules
    )
    return tuple(dict.fromkeys(found))


def _number(amount: Amount) -> int | float | None:
    """A number as people write it: 2000, not 2000.0."""
    if not isinstance(amount.value, Known):
        return None
    value = round(amount.value.value, 2)
    return int(value) if value == int(value) else value
