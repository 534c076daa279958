"""One program in, what a short run of it was seen to do and what its code says that it does out."""

from __future__ import annotations

from collections.abc import Callable

from trainlint.chain.build import Builder
from trainlint.engine.asks import ParityAsk
from trainlint.engine.parity import ParityResult, told_of, watched_runs
from trainlint.engine.profile import profile
from trainlint.engine.started import job_of
from trainlint.facts.parity import Watched
from trainlint.facts.settings import Settings
from trainlint.parity.outcomes import inconclusive
from trainlint.parity.probe.plan import Plan
from trainlint.parity.profile import watched
from trainlint.parity.sides import Side
from trainlint.parity.trial import missing_of
from trainlint.record import record
from trainlint.report.outcome import AspectResult
from trainlint.source import Files


@record
class Profile:
    """What was seen, and what reading the code gives, if anything."""

    seen: Watched
    static: tuple[AspectResult, ...]


def watch_run(ask: ParityAsk, tell: Callable[[str], None]) -> Profile | ParityResult:
    """Watch the one program; why it says nothing where it does not. Raises ParityError."""
    with watched_runs(ask, tell) as (run, _, _):
        trial = run("watched", False, Plan(ask.steps, compile=ask.compiled, calls=True))
    missing = missing_of([trial])
    if missing:
        return told_of(inconclusive([trial], missing), ask)
    return Profile(watched(trial), _static(ask.reference))


def _static(side: Side) -> tuple[AspectResult, ...]:
    return profile(Builder(Files(side.folder), Settings()).build(job_of(side)))
