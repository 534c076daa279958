"""A program that trains one weight in, its runs as the probe would record them out: no torch, no process."""

from __future__ import annotations

import itertools
import math
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trainlint.parity.launch import Ended
from trainlint.parity.probe.plan import Plan
from trainlint.parity.probe.stream import Stream
from trainlint.parity.sides import Side
from trainlint.parity.trace import read_traces
from trainlint.parity.trial import Trial

_CALLS = itertools.count(1)


@dataclass(frozen=True)
class Program:
    """Descends on (weight * input) ** 2 / 2; every knob is one way to differ.

    `factor`: of the gradient. `since`: the update from which on it counts. `rounding`: a relative error of
    the gradient that is not there in fp64. `seeded`, `ordered`: the input depends on the seed, the order of
    sets, and from the update `clocked` on, on the clock. `timed`: so does what is saved.
    """

    factor: float = 1.0
    since: int = 0
    rounding: float = 0.0
    seeded: bool = False
    ordered: bool = False
    clocked: int = 99
    timed: bool = False
    breaks_in_double: bool = False


@dataclass
class Bench:
    """Runs of a reference and a candidate, and what was asked for."""

    folder: Path
    reference: Program
    candidate: Program
    trials: list[Trial] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """The runs that were made."""
        return [trial.name for trial in self.trials]

    def run(self, name: str, is_candidate: bool, plan: Plan) -> Trial:
        """What a side does in a run."""
        folder = self.folder / str(len(self.trials))
        program = self.candidate if is_candidate else self.reference
        if not (plan.double and program.breaks_in_double):
            _written(program, plan, folder)
        side = Side(name, self.folder / "train.py", (), self.folder, (), sys.executable)
        self.trials.append(
            Trial(name, side, Ended(0, "", 0.0, "", ""), folder, read_traces(folder, self.folder))
        )
        return self.trials[-1]


def _written(program: Program, plan: Plan, folder: Path) -> None:
    stream = Stream(str(folder), plan.contents, plan.since)
    stream.open()
    number = _records(stream, plan)
    epsilon = 2.0**-52 if plan.double else 2.0**-23
    weight = 1.0 if plan.perturb is None else 1.0 + epsilon * (1 if plan.perturb % 2 else -1)
    kind = "torch.float64" if plan.double else "torch.float32"
    stream.event("optimizer", number=0)
    with stream.kept():
        stream.event("init", step=0, parameters=[["w", [1], kind, True]], tensors=[number(weight)])
    for step in range(plan.steps):
        seed = plan.seed if program.seeded else 0
        entering = 1.5 + 0.1 * step + 0.2 * seed + (0.3 * plan.hashes if program.ordered else 0.0)
        if step >= program.clocked:
            entering += next(_CALLS) * 1e-3
        states = {"torch": 1, "python": seed, "numpy": 5}
        at = f"{folder.parent}/train.py:7"
        inputs = [["0", [1], kind]]
        stream.event(
            "forward",
            step=step,
            micro=0,
            training=True,
            grad=True,
            inputs=inputs,
            tensors=[number(entering)],
            random=states,
            autocast="",
            exceptions=[],
            root=0,
            at=at,
        )
        gradient = weight * entering * entering
        if step >= program.since:
            gradient *= program.factor * (1 + (0.0 if plan.double else program.rounding))
        stream.event("raw", step=step, tensors=[number(gradient)])
        stream.event("gradients", step=step, tensors=[number(gradient)])
        weight -= 0.1 * gradient
        stream.event("update", step=step, tensors=[number(weight)], state=[{}])
        weight = _held(plan, step, weight)
        stream.reached(step + 1)
        if program.timed:
            entry = ["seconds", [1], kind, number(float(next(_CALLS)))]
            stream.event("save", step=step + 1, file="last.pt", keys=["seconds"], tensors=[entry])
    stream.event("stopped", step=plan.steps)
    stream.flush()


def _held(plan: Plan, step: int, weight: float) -> float:
    """The reference's weight after an update, where the run is held to it."""
    for trace in read_traces(Path(plan.replay), Path(plan.replay)) if plan.replay else ():
        (event,) = (event for event in trace.events if event.kind == "update" and event.step == step)
        contents = trace.digest(event["tensors"][0], [1], "torch.float32").contents
        if contents is not None:
            (weight,) = struct.unpack("<f", contents)
    return weight


def _records(stream: Stream, plan: Plan) -> Callable[[float], int]:
    def number(value: float) -> int:
        contents = struct.pack("<d" if plan.double else "<f", value)
        held = struct.unpack("<d" if plan.double else "<f", contents)[0]
        size = math.fabs(held)
        return stream.record((zlib.crc32(contents), size, held, size), contents if stream.keeps else None)

    return number
