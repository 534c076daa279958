"""A side and how to run it in, the trace of its run or why there is none out."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from trainlint.facts.parity import RunReport
from trainlint.parity.launch import Ended, Limits, Start, run
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trace import Trace, read_traces
from trainlint.parity.workspace import Workspace, WorkspaceError, crowded, is_crowded, prepared
from trainlint.record import record

#: Where every system has a folder for temporary files with a short path, and how long one may be: a socket's
#: path ends after 107 bytes, on some systems 103, of which multiprocessing takes 32 for a name of its own.
_NEAR = "/tmp"
_ROOM = 70
_INJECT = Path(__file__).resolve().parent / "inject"
#: What Python itself starts beside spawned processes; it ends by itself, a moment after the program.
_TRACKER = "multiprocessing.resource_tracker"


@record
class Trial:
    """A run that has ended."""

    name: str
    side: Side
    ended: Ended
    folder: Path
    traces: tuple[Trace, ...]
    changed: str = ""
    workspace: Workspace | None = None

    @property
    def updates(self) -> int:
        """The updates that every rank made."""
        return min((trace.updates for trace in self.traces), default=0)

    @property
    def is_stopped(self) -> bool:
        """Whether it came as far as it should."""
        return bool(self.traces) and all(trace.is_stopped for trace in self.traces)

    @property
    def report(self) -> RunReport:
        """What there is to tell of it."""
        return RunReport(self.name, self.side.command, self.updates, self.ended.seconds, self.ending)

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return "; ".join(filter(None, (self._end, self._left, self._changed)))

    @property
    def _end(self) -> str:
        if self.ended.reason:
            return self.ended.reason
        if self.is_stopped:
            return "stopped as planned"
        if self.ended.code < 0:
            return f"ended by signal {-self.ended.code}"
        return f"ended by itself with exit code {self.ended.code}"

    @property
    def _left(self) -> str:
        """What it had started and did not wait for."""
        told = ", ".join(f"`{command}`" for command in self.ended.left if _TRACKER not in command)
        return f"what it had started went on and was ended: {told}" if told else ""

    @property
    def _changed(self) -> str:
        if not self.changed:
            return ""
        return f"in the folder itself it wrote {self.changed}, by an absolute path"


def missing_from(trial: Trial) -> Iterator[str]:
    """Why a run says nothing about training."""
    if trial.updates and (trial.is_stopped or trial.ended.code == 0):
        return
    what = f"{trial.name}: {trial.ending}"
    if not trial.traces:
        what += ", and no optimizer of torch was made in it"
    elif not trial.updates:
        what += " before its first update"
    said = trial.ended.last_lines
    yield f"{what}\n{said}" if said else what


def missing_of(trials: Iterable[Trial]) -> tuple[str, ...]:
    """Why any of several runs says nothing about training."""
    return tuple(chain.from_iterable(map(missing_from, trials)))


#: Runs a side in a certain way: its name in the report, whether it is the candidate, how.
Run = Callable[[str, bool, Plan], Trial]


def tried(
    name: str,
    side: Side,
    plan: Plan,
    limits: Limits,
    scratch: Path,
    *,
    in_place: bool,
    after: Trial | None = None,
) -> Trial:
    """Run a side once, where it may write what it wants, and read what the probe has seen.

    `after` is a run that has ended: this one starts with what that one has written.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    known = None if after is None else after.workspace
    workspace = known or prepared(side.root, scratch, in_place=in_place)
    traces = scratch / "trace"
    python, script, *arguments = side.words(workspace.root)
    with _short(scratch / "tmp") as temporary:
        start = Start(
            words=[python, script, *map(workspace.inside, arguments)],
            folder=workspace.root / side.folder.resolve().relative_to(side.root),
            variables={**_environment(side, plan, scratch, workspace), "TMPDIR": str(temporary)},
            views=workspace.views,
        )
        ended = run(start, scratch, limits)
    seen = read_traces(traces, workspace.root)
    trial = Trial(name, side, ended, traces, seen, workspace.changed(), workspace)
    if any(missing_from(trial)) and is_crowded(scratch):
        raise WorkspaceError(crowded(scratch.parent))
    return trial


@contextmanager
def _short(folder: Path) -> Iterator[Path]:
    """A new folder by a path that leaves room for the name of a socket in it, which a long TMPDIR may not."""
    folder.mkdir(parents=True, exist_ok=True)
    near = None
    if len(os.fsencode(folder)) > _ROOM:
        with suppress(OSError):
            near = tempfile.mkdtemp(prefix="tl-", dir=_NEAR)
    if near is None:
        yield folder
        return
    try:
        Path(near, "t").symlink_to(folder)
        yield Path(near, "t")
    finally:
        shutil.rmtree(near, ignore_errors=True)


def _environment(side: Side, plan: Plan, scratch: Path, workspace: Workspace) -> dict[str, str]:
    given = {name: workspace.inside(value) for name, value in side.variables}
    environment = {**os.environ, **given}
    path = workspace.inside(environment.get("PYTHONPATH", "")).split(os.pathsep)
    # In a file: the system takes no variable as long as the plan of a network of many parts.
    written = scratch / "plan.json"
    whole = replace(plan, folder=str(scratch / "trace"), copy=workspace.copy)
    written.write_text(json.dumps(asdict(whole)), "utf-8")
    return {
        # What torch wants of its users before products of matrices on a GPU repeat themselves.
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        **environment,
        "PYTHONPATH": os.pathsep.join([str(_INJECT), *filter(None, path)]),
        "TRAINLINT_PARITY_PLAN": str(written),
        # The order of sets of texts is one thing that moves by itself.
        "PYTHONHASHSEED": str(plan.hashes),
        # Bytecode beside the program's files would be left in its tree when it runs in place.
        "PYTHONDONTWRITEBYTECODE": "1",
    }
