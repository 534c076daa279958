"""Two programs to compare in, their comparison after as many fixes as go in out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from trainlint.engine.compare import Ask, Refusal, compare
from trainlint.engine.diff import judged
from trainlint.engine.fixes import Plan, plan, write
from trainlint.engine.isolation import Crash
from trainlint.facts.settings import Settings
from trainlint.record import record
from trainlint.report.comparison import DiffOutcome
from trainlint.source import Files

#: How often what was mended is compared anew: edits that overlap take turns.
_ROUNDS = 8


@record
class Compared:
    """A comparison that came about; `faults` says what could not be mended."""

    outcome: DiffOutcome
    files: Files
    crashes: tuple[Crash, ...]
    faults: tuple[str, ...] = ()


def compared(ask: Ask, settings: Settings, new_files: Callable[[], Files]) -> Compared | Refusal:
    """The comparison of two programs as they are on disk."""
    started = time.perf_counter()
    files = new_files()
    comparison = compare(ask, files, settings)
    if isinstance(comparison, Refusal):
        return comparison
    outcome, crashes = judged(comparison, settings, files)
    outcome = replace(
        outcome,
        reference=tuple(_named(word, ask.revision) for word in ask.references),
        candidate=ask.candidate,
        command=ask.command,
        found=replace(outcome.found, seconds=time.perf_counter() - started),
    )
    return Compared(outcome, files, tuple(crashes))


def _named(word: str, revision: str | None) -> str:
    return word if revision is None else f"{word}@{revision}"


def planned(compared: Compared, *, unsafe: bool) -> Plan:
    """What can be mended now; the reference is never changed, nor what it shares with the candidate."""
    counted = (entry.diagnostic for entry in compared.outcome.found.diagnostics if not entry.suppressed)
    return plan(counted, compared.files, compared.outcome.reference_files, unsafe=unsafe)


def mended(
    ask: Ask, settings: Settings, new_files: Callable[[], Files], *, unsafe: bool
) -> Compared | Refusal:
    """The comparison after the candidate was mended, round by round until nothing is left that can be."""
    found = compared(ask, settings, new_files)
    count = 0
    for _ in range(_ROUNDS):
        if isinstance(found, Refusal):
            return found
        todo = planned(found, unsafe=unsafe)
        if not todo.rewrites:
            break
        faults = write(todo, found.files)
        if faults:
            return replace(found, faults=tuple(faults))
        count += len(todo.mended)
        found = compared(ask, settings, new_files)
    if isinstance(found, Refusal):
        return found
    return replace(found, outcome=replace(found.outcome, fixed=count))
