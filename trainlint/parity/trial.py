"""A side and how to run it in, the trace of its run or why there is none out."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from trainlint.facts.parity import RunReport
from trainlint.parity.launch import Ended, Limits, run
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trace import Trace, read_traces
from trainlint.parity.workspace import copied
from trainlint.record import record

_INJECT = Path(__file__).resolve().parent / "inject"


@record
class Trial:
    """A run that has ended."""

    name: str
    side: Side
    ended: Ended
    folder: Path
    traces: tuple[Trace, ...]

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
        if self.ended.reason:
            return self.ended.reason
        if self.is_stopped:
            return "stopped as planned"
        if self.ended.code < 0:
            return f"ended by signal {-self.ended.code}"
        return f"ended by itself with exit code {self.ended.code}"


def tried(name: str, side: Side, plan: Plan, limits: Limits, scratch: Path, *, in_place: bool) -> Trial:
    """Run a side once, in a copy of its folder, and read what the probe has seen."""
    root, traces = side.root, scratch / "trace"
    if not in_place:
        root = scratch / "work"
        copied(side.root, root)
    folder = root / side.folder.resolve().relative_to(side.root)
    ended = run(
        side.words(root),
        folder,
        _environment(side, plan, traces, "" if in_place else str(root)),
        scratch / "logs",
        limits,
    )
    return Trial(name, side, ended, traces, read_traces(traces, root))


def _environment(side: Side, plan: Plan, traces: Path, copy: str) -> dict[str, str]:
    environment = {**os.environ, **dict(side.variables)}
    path = [str(_INJECT), *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    temporary = traces.parent / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    whole = replace(plan, folder=str(traces), copy=copy)
    return {
        **environment,
        "PYTHONPATH": os.pathsep.join(path),
        "TRAINLINT_PARITY_PLAN": json.dumps(asdict(whole)),
        # The order of sets of texts is one thing that moves by itself.
        "PYTHONHASHSEED": str(plan.seed),
        # Bytecode beside the program's files would be left in its tree when it runs in place.
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(temporary),
    }
