"""Looks at what changes during a run, yields what is over long before the run is."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.schedule import AfterEnd, Phase, Schedule
from trainlint.rules.base import Finding, rule
from trainlint.rules.timing import advice, count, percent, place, story, timed

#: A learning rate may rest at its least for a while; other values often change in the first part only.
_RATE_RESTS, _OTHERS_REST = 0.8, 0.1


@rule("TL522", "decay-ends-early", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def decay_ends_early(chain: Chain) -> Iterator[Finding]:
    """A schedule has come to its end long before the run does."""
    for schedule, start, end, most in timed(chain):
        if start >= end or (schedule.end.ratio and schedule.after is not AfterEnd.RAISES):
            continue
        stops = schedule.after is AfterEnd.RAISES and end < most - 1
        share = _RATE_RESTS if schedule.phase is Phase.DECAY else _OTHERS_REST
        if schedule.phase not in (Phase.DECAY, Phase.ANNEAL) or not (stops or end < most * share):
            continue
        if schedule.phase is Phase.ANNEAL and schedule.end.key is None:
            continue
        unit, name = schedule.unit.value, schedule.end.key or schedule.name
        verb = "is" if schedule.end.key is not None else "ends at"
        yield Finding(
            place(schedule, schedule.end),
            f"`{name}` {verb} {count(end)}, but the run has {count(most)} {unit}: "
            f"{_rest(schedule, end, most)}",
            help=advice(schedule.end, most, unit),
            runtime=_runtime(schedule, end),
            chain=story(schedule, schedule.end),
            severity=_severity(schedule),
        )


def _rest(schedule: Schedule, end: float, most: float) -> str:
    if schedule.after is AfterEnd.RAISES:
        return "its scheduler refuses any further step"
    rest = percent(1 - end / most)
    if schedule.after is AfterEnd.TURNS:
        return f"in the last {rest} the learning rate rises again"
    return f"the last {rest} run at its final value"


def _runtime(schedule: Schedule, end: float) -> str:
    if schedule.after is AfterEnd.RAISES:
        steps = count(end)
        return f"Tried to step {count(end + 1)} times. The specified number of total steps is {steps}"
    return "nothing stops or warns: the rest of the run learns at the value at the end"


def _severity(schedule: Schedule) -> Severity:
    if schedule.after is AfterEnd.RAISES:
        return Severity.ERROR
    return Severity.WARNING if schedule.phase is Phase.DECAY else Severity.INFO
