"""Looks at what a run waits for or warms up, yields what lasts longer than the run."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.schedule import Phase
from trainlint.regex import regex
from trainlint.rules.base import Finding, rule
from trainlint.rules.timing import NEVER, advice, count, percent, place, story, timed

_WARM = regex(r"(?i)warm")


@rule("TL521", "warmup-exceeds-run", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def warmup_exceeds_run(chain: Chain) -> Iterator[Finding]:
    """A warm-up takes longer than the whole run."""
    for schedule, _, end, most in timed(chain):
        waits = schedule.phase is Phase.WAIT and _WARM.search(schedule.name)
        if not (schedule.phase is Phase.WARMUP or waits) or end <= most or end >= NEVER:
            continue
        unit, name = schedule.unit.value, schedule.end.key or schedule.name
        verb = "is" if schedule.end.key is not None else "ends at"
        rest = (
            "what waits for it never begins"
            if waits
            else f"it ends after {percent(most / end)} of the warm-up"
        )
        yield Finding(
            place(schedule, schedule.end),
            f"`{name}` {verb} {count(end)}, but the run has {count(most)} {unit}: {rest}",
            help=advice(schedule.end, most, unit),
            runtime="nothing stops or warns: the run is over before the warm-up is",
            chain=story(schedule, schedule.end),
        )
