"""Looks at what changes during a run, yields the schedules that the run is too short for."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.schedule import Phase
from trainlint.rules.base import Finding, rule
from trainlint.rules.timing import NEVER, advice, count, percent, place, story, timed

#: Up to this part of the run more is taken for rounding, or for a rate that shall not quite reach its end.
_MARGIN = 1.02


@rule(
    "TL520",
    "schedule-outlives-run",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("times",),
)
def schedule_outlives_run(chain: Chain) -> Iterator[Finding]:
    """The run is over before a schedule has come to its end."""
    for schedule, start, end, most in timed(chain):
        if schedule.phase not in (Phase.ANNEAL, Phase.DECAY) or start >= most or end >= NEVER:
            continue
        if end <= most * _MARGIN + 1:
            continue
        unit, name = schedule.unit.value, schedule.end.key or schedule.name
        verb = "is" if schedule.end.key is not None else "ends at"
        yield Finding(
            place(schedule, schedule.end),
            f"`{name}` {verb} {count(end)}, but the run has {count(most)} {unit}: "
            f"it comes to {percent((most - start) / (end - start))} of its way",
            help=advice(schedule.end, most, unit),
            runtime="nothing stops or warns: the run ends with a value in between",
            chain=story(schedule, schedule.end),
        )
