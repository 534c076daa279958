"""Two programs as a user names them in, the outcome of their short runs out; scratch folders are removed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from trainlint.facts.parity import ParityOutcome
from trainlint.parity.launch import Limits
from trainlint.parity.proof import Bounds, proved
from trainlint.parity.sides import Side
from trainlint.parity.trial import Trial, Way, tried
from trainlint.parity.workspace import WorkspaceError
from trainlint.record import record


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


class ParityError(ValueError):
    """Two programs cannot be run beside each other; the message says why, and what to do instead."""


def compare_runs(ask: ParityAsk, tell: Callable[[str], None]) -> ParityOutcome:
    """Run both; `tell` is called with the name of each run before it. Raises ParityError."""
    for side in (ask.reference, ask.candidate):
        _refuse(side)
    scratch = Path(tempfile.mkdtemp(prefix="trainlint-parity-"))
    made = 0

    def run(name: str, is_candidate: bool, way: Way) -> Trial:
        nonlocal made
        made += 1
        tell(name)
        side = ask.candidate if is_candidate else ask.reference
        return tried(name, side, way, ask.limits, scratch / str(made), in_place=ask.in_place)

    try:
        return proved(run, ask.steps, ask.bounds, compiled=ask.compiled)
    except WorkspaceError as error:
        raise ParityError(str(error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refuse(side: Side) -> None:
    if not side.folder.is_dir():
        raise ParityError(f"{side.name}: there is no folder {side.folder}")
    if not side.script.is_file():
        raise ParityError(f"{side.name}: there is no script {side.script}")
    if shutil.which(side.python) is None:
        raise ParityError(f"{side.name}: there is no interpreter {side.python} (--python)")
