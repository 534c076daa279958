"""Two programs as a user names them in, the outcome of their short runs out; scratch folders are removed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.engine.reading import read
from trainlint.engine.sides import ParityError, SideAsk, side_of
from trainlint.facts.parity import ParityOutcome, Verdict
from trainlint.parity.joined import joined
from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.proof import Bounds, proved
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial, tried
from trainlint.parity.workspace import WorkspaceError
from trainlint.record import record
from trainlint.report.parity_formats import rendered_parity

StrPath = str | os.PathLike[str]
#: Bytes that a run may hold if nobody says otherwise.
MEMORY = 64 << 30


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
    """What runs of two scripts came to; `outcome` is all that reports are made of."""

    outcome: ParityOutcome

    @property
    def verdict(self) -> Verdict:
        """Equal, equal within tolerance, diverged or inconclusive."""
        return self.outcome.verdict

    @property
    def is_same(self) -> bool:
        """Whether the candidate trains as the reference does."""
        return self.verdict in (Verdict.EQUAL, Verdict.WITHIN)

    def report(self, output_format: str = "text") -> str:
        """What `trainlint parity --output-format` prints."""
        return rendered_parity(self.outcome, output_format)


def compare_runs(ask: ParityAsk, tell: Callable[[str], None]) -> ParityOutcome:
    """Run both; `tell` is called with the name of each run before it. Raises ParityError."""
    scratch = Path(tempfile.mkdtemp(prefix="trainlint-parity-"))
    made = 0

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
    except WorkspaceError as error:
        raise ParityError(str(error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
    return ParityResult(compare_runs(ask, lambda _: None))
