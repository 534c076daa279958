"""Two programs as a user names them in, the outcome of their short runs out; scratch folders are removed."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.diagnostic import Diagnostic
from trainlint.engine.isolation import Crash
from trainlint.engine.reading import read
from trainlint.engine.sides import ParityError, SideAsk, side_of
from trainlint.engine.telling import told
from trainlint.facts.parity import ParityOutcome, Verdict
from trainlint.parity.joined import joined
from trainlint.parity.launch import LaunchError, Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import Bounds, proved
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial, tried
from trainlint.parity.workspace import WorkspaceError, removed
from trainlint.record import record
from trainlint.report.formats import Desk
from trainlint.report.parity_formats import rendered_parity
from trainlint.report.runs import ParityReport
from trainlint.report.terminal import Page
from trainlint.rules.divergences import PARITY_RULES
from trainlint.source import Files

StrPath = str | os.PathLike[str]
#: Bytes that a run may hold if nobody says otherwise: what leaves the machine some.
MEMORY = min(64 << 30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 9 // 10)


@record
class ParityAsk:
    """The two sides, how many updates of them, within which limits, and what counts as equal."""

    reference: Side
    candidate: Side
    steps: int
    limits: Limits
    bounds: Bounds
    compiled: bool
    in_place: bool


@record
class ParityResult:
    """What runs of two scripts came to; `told` is all that reports are made of.

    `crashes` are rules that failed: defects of trainlint.
    """

    told: ParityReport
    crashes: tuple[Crash, ...]
    _files: Files

    @property
    def outcome(self) -> ParityOutcome:
        """What the runs showed."""
        return self.told.outcome

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What differs by itself, or why nothing is proved."""
        return tuple(entry.diagnostic for entry in self.told.found.diagnostics)

    @property
    def verdict(self) -> Verdict:
        """Equal, equal within tolerance, diverged or inconclusive."""
        return self.outcome.verdict

    @property
    def is_same(self) -> bool:
        """Whether the candidate trains as the reference does."""
        return self.verdict in (Verdict.EQUAL, Verdict.WITHIN)

    def report(self, output_format: str = "text", page: Page | None = None) -> str:
        """What `trainlint parity --output-format` prints."""
        rules = tuple(rule.info for rule in PARITY_RULES)
        return rendered_parity(self.told, output_format, Desk(self._files, rules, page or Page()))


def compare_runs(ask: ParityAsk, tell: Callable[[str], None]) -> ParityResult:
    """Run both; `tell` is called with the name of each run before it. Raises ParityError."""
    files = Files(Path.cwd())
    report, crashes = told(_outcome(ask, tell), ask.reference, ask.candidate, files)
    return ParityResult(report, tuple(crashes), files)


def _outcome(ask: ParityAsk, tell: Callable[[str], None]) -> ParityOutcome:
    scratch, made = _scratch(), 0

    def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
        nonlocal made
        made += 1
        tell(name)
        side = ask.candidate if is_candidate else ask.reference
        return tried(name, side, plan, ask.limits, scratch / str(made), in_place=ask.in_place)

    try:
        outcome = proved(run, ask.steps, ask.bounds, compiled=ask.compiled)
        found, unread = read(ask.reference, ask.candidate, scratch / "reading")
        return replace(joined(outcome, found), unread=unread)
    except (WorkspaceError, LaunchError) as error:
        raise ParityError(str(error)) from error
    finally:
        removed(scratch)


def compare_scripts(
    scripts: tuple[StrPath, StrPath],
    arguments: tuple[Sequence[str], Sequence[str]],
    folders: tuple[StrPath, StrPath],
    steps: int,
    processes: int | None,
    exact: bool,
    rtol: float | None,
    timeout: float,
) -> ParityResult:
    """What a Python program asks for."""
    both = zip(("reference", "candidate"), scripts, arguments, folders, strict=True)
    reference, candidate = (
        side_of(SideAsk(name, os.fspath(script), tuple(words), Path(folder), (), sys.executable, processes))
        for name, script, words, folder in both
    )
    limits, bounds = Limits(timeout, MEMORY), Bounds(exact, rtol)
    ask = ParityAsk(reference, candidate, steps, limits, bounds, compiled=False, in_place=False)
    result = compare_runs(ask, lambda _: None)
    if result.crashes:
        raise RuntimeError(str(result.crashes[0]))
    return result


def _scratch() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="trainlint-parity-")).resolve()
    except OSError as error:
        raise ParityError(f"there is no folder for temporary files (TMPDIR): {error}") from error
