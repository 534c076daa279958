"""Looks at what shall change during a run, yields what does not change in it at all."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.schedule import Phase, Schedule
from trainlint.rules.base import Finding, rule
from trainlint.rules.timing import NEVER, advice, count, place, story, timed


@rule("TL523", "never-anneals", severity=Severity.WARNING, link=LinkKind.CONFIG, needs=("times",))
def never_anneals(chain: Chain) -> Iterator[Finding]:
    """A schedule starts behind the end of the run, or nothing moves it on."""
    for time in chain.times:
        for schedule in time.schedules:
            if not schedule.applied and schedule.phase is not Phase.WARMUP:
                yield _forgotten(schedule)
    warm = {schedule.end.key for schedule, *_ in timed(chain) if schedule.phase is Phase.WARMUP}
    for schedule, start, _, most in timed(chain):
        own = schedule.start.key not in warm or schedule.start.key is None
        if schedule.phase in (Phase.ANNEAL, Phase.DECAY) and own and most <= start < NEVER:
            unit, name = schedule.unit.value, schedule.start.key or schedule.name
            verb = "is" if schedule.start.key is not None else "starts at"
            yield Finding(
                place(schedule, schedule.start),
                f"`{name}` {verb} {count(start)}, but the run has {count(most)} {unit}: "
                "nothing changes in it",
                help=advice(schedule.start, most, unit),
                runtime="nothing stops or warns: the run keeps the value that it starts with",
                chain=story(schedule, schedule.start),
            )


def _forgotten(schedule: Schedule) -> Finding:
    return Finding(
        schedule.span,
        f"nothing moves this `{schedule.name}` on: its `step()` is never called",
        help="call its `step()` after the optimizer's, once for each step (or epoch) that it is made for",
        runtime="nothing stops or warns: the learning rate stays where the schedule starts",
        link=LinkKind.SCRIPT,
    )
