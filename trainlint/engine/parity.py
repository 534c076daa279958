"""Two programs as a user names them in, the outcome of their short runs out; scratch folders are removed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from trainlint.diagnostic import Diagnostic
from trainlint.engine.asks import ParityAsk, Request, StrPath, asked, asked_alone
from trainlint.engine.isolation import Crash
from trainlint.engine.reading import read
from trainlint.engine.sides import ParityError
from trainlint.engine.telling import told
from trainlint.facts.parity import ParityOutcome, Recording, Verdict
from trainlint.parity.golden import GoldenError, write
from trainlint.parity.joined import joined
from trainlint.parity.launch import LaunchError
from trainlint.parity.mapping import MappingError
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import proved
from trainlint.parity.recorded import held_against, recorded
from trainlint.parity.resumed import Again, resumed
from trainlint.parity.sides import Side
from trainlint.parity.trial import Run, Trial, tried
from trainlint.parity.workspace import FULL, WorkspaceError, crowded, removed
from trainlint.record import record
from trainlint.report.formats import Desk
from trainlint.report.parity_formats import rendered_parity
from trainlint.report.plots import can_draw
from trainlint.report.runs import ParityReport
from trainlint.report.terminal import Page
from trainlint.rules.divergences import PARITY_RULES
from trainlint.source import Files, refused


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
        """What `trainlint parity --output-format` prints; `html` is the page that `--report` writes."""
        rules = tuple(rule.info for rule in PARITY_RULES)
        return rendered_parity(self.told, output_format, Desk(self._files, rules, page or Page()))

    def write_page(self, path: Path) -> str | None:
        """Write the page for a browser; why that cannot be, or None when it is done."""
        return self._files.write(path, self.report("html"))


def page_fault(path: Path) -> str | None:
    """Why no page could be written to a path, known before anything is run."""
    if not can_draw():
        return "a page needs matplotlib: pip install 'trainlint[parity]'"
    return refused(path)


def compare_runs(ask: ParityAsk, tell: Callable[[str], None]) -> ParityResult:
    """Run both; `tell` is called with the name of each run before it. Raises ParityError."""
    return told_of(replace(_outcome(ask, tell), is_bounded=ask.bounds.are_given), ask)


def told_of(outcome: ParityOutcome, ask: ParityAsk) -> ParityResult:
    """The outcome with findings of the rules."""
    files = Files(Path.cwd())
    report, crashes = told(outcome, ask.reference, ask.candidate, files)
    return ParityResult(report, tuple(crashes), files)


def _outcome(ask: ParityAsk, tell: Callable[[str], None]) -> ParityOutcome:
    with watched_runs(ask, tell) as (run, again, scratch):
        if ask.recording is not None:
            return held_against(ask.recording, run, ask.steps, ask.bounds, ask.given)
        if ask.resume_at:
            at, given = ask.resume_at, ask.given
            return resumed(run, again, ask.steps, at, ask.bounds, compiled=ask.compiled, given=given)
        outcome = proved(run, ask.steps, ask.bounds, compiled=ask.compiled, given=ask.given)
        found, unread = read(ask.reference, ask.candidate, scratch / "reading")
        return replace(joined(outcome, found), unread=unread)


def record_run(ask: ParityAsk, path: Path, tell: Callable[[str], None]) -> Recording | ParityResult:
    """Record the reference in a file; why it says nothing where it does not. Raises ParityError."""
    fault = refused(path)
    if fault is not None:
        raise ParityError(f"{path} cannot be recorded in: {fault}")
    with watched_runs(ask, tell) as (run, _, _):
        golden = recorded(run, ask.steps, compiled=ask.compiled)
        if isinstance(golden, ParityOutcome):
            return told_of(golden, ask)
        write(golden, path)
    made = tuple((name, str(value)) for name, value in golden.surroundings.items())
    return Recording(str(path), ask.reference.command, golden.trial.updates, made, golden.noise)


@contextmanager
def watched_runs(ask: ParityAsk, tell: Callable[[str], None]) -> Iterator[tuple[Run, Again, Path]]:
    """What runs a side, what starts the candidate where it was stopped, and the folder for all of them."""
    if find_spec("numpy") is None:
        raise ParityError("comparing runs needs numpy: pip install 'trainlint[parity]'")
    scratch, made = _scratch(), 0

    def started(name: str, side: Side, plan: Plan, after: Trial | None = None) -> Trial:
        nonlocal made
        made += 1
        tell(name)
        place = scratch / str(made)
        return tried(name, side, plan, ask.limits, place, in_place=ask.in_place, after=after)

    def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
        return started(name, ask.candidate if is_candidate else ask.reference, plan)

    def again(name: str, plan: Plan, stopped: Trial) -> Trial:
        words = (*stopped.side.arguments, *ask.resume_arguments)
        return started(name, replace(stopped.side, arguments=words), plan, stopped)

    try:
        yield run, again, scratch
    except (WorkspaceError, LaunchError, GoldenError, MappingError) as error:
        raise ParityError(str(error)) from error
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise ParityError(crowded(scratch)) from error
    finally:
        removed(scratch)


def compare_scripts(request: Request) -> ParityResult:
    """What a Python program asks for. Raises ParityError."""
    result = compare_runs(asked(request), lambda _: None)
    if result.crashes:
        raise RuntimeError(str(result.crashes[0]))
    return result


def _scratch() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="trainlint-parity-")).resolve()
    except OSError as error:
        raise ParityError(f"there is no folder for temporary files (TMPDIR): {error}") from error


def record_script(request: Request, path: StrPath) -> Recording:
    """Record a run for a Python program. Raises ParityError, too where the run says nothing."""
    found = record_run(asked_alone(request), Path(path), lambda _: None)
    if isinstance(found, ParityResult):
        raise ParityError("\n".join(found.outcome.missing))
    return found
