"""Prints what watching a run costs, beside the same run unwatched: time, memory, bytes of its trace a step.

Watched and plain runs take turns; of each the least time counts. Processor time is told as well: on a busy
machine it is what can be compared.

Usage: python -m tests.bench.parity
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trial import tried

STEPS = 20
TURNS = 3

#: A GPT of 10 million parameters, written as such programs are; it says what a step took and its memory.
PROGRAM = """\
import resource
import sys
import time

import torch
from torch import nn

STEPS, BATCH, LENGTH, WIDTH, LAYERS = int(sys.argv[1]), 8, 64, 384, 5

torch.manual_seed(7)
text = torch.randint(256, (BATCH * 20, LENGTH + 1))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = nn.Embedding(256, WIDTH)
        layer = nn.TransformerEncoderLayer(WIDTH, 6, 4 * WIDTH, 0.1, "gelu", batch_first=True)
        self.layers = nn.TransformerEncoder(layer, LAYERS).layers
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, rows, following):
        rows = self.letters(rows)
        mask = nn.Transformer.generate_square_subsequent_mask(LENGTH)
        for layer in self.layers:
            rows = layer(rows, mask)
        return nn.functional.cross_entropy(self.head(rows).flatten(0, 1), following.flatten())


model = Model()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95))
best = 1e9
for step in range(STEPS):
    began = time.perf_counter()
    chosen = text[torch.randint(len(text), (BATCH,))]
    loss = model(chosen[:, :-1], chosen[:, 1:])
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    best = min(best, time.perf_counter() - began)
    print(f"step {step} loss {loss.item():.4f}")
size = sum(entry.numel() for entry in model.parameters())
print(size, best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Measure, and print a line for each figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "project").mkdir()
        script = folder / "project" / "train.py"
        script.write_text(PROGRAM)
        plain, watched = _Times(), _Times()
        for turn in range(TURNS):
            plain.add(partial(_plain, script))
            watched.add(partial(_watched, script, folder / f"run{turn}"))
        _say(plain, watched, folder / "run0" / "trace")


class _Times:
    """The least wall and processor seconds of several runs, and what the last one told of itself."""

    def __init__(self) -> None:
        self.wall = self.processor = float("inf")
        self.size, self.step, self.memory = 0, float("inf"), 0

    def add(self, run: Callable[[], str]) -> None:
        """Run once more."""
        began, used = time.perf_counter(), _used()
        size, step, memory = run().split()[-3:]
        self.wall = min(self.wall, time.perf_counter() - began)
        self.processor = min(self.processor, _used() - used)
        self.size, self.step, self.memory = int(size), min(self.step, float(step)), int(memory)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _plain(script: Path) -> str:
    words = [sys.executable, str(script), str(STEPS)]
    return subprocess.run(
        words, cwd=script.parent, env=_environment(), capture_output=True, text=True, check=True
    ).stdout


def _watched(script: Path, scratch: Path) -> str:
    side = Side("bench", script, (str(STEPS),), script.parent, (("OMP_NUM_THREADS", "1"),), sys.executable)
    trial = tried("bench", side, Plan(steps=STEPS), Limits(600, 16 << 30), scratch, in_place=False)
    if trial.updates != STEPS:
        raise SystemExit(f"{trial.ending}\n{trial.ended.last_lines}")
    return trial.ended.output


def _environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def _say(plain: _Times, watched: _Times, trace: Path) -> None:
    print(f"watched runs, {plain.size / 1e6:.1f}M parameters, {STEPS} updates, best of {TURNS}")
    for what, one, other, unit in (
        ("a step", 1000 * plain.step, 1000 * watched.step, "ms"),
        ("a run", plain.wall, watched.wall, "s of wall time"),
        ("a run", plain.processor, watched.processor, "s of processor time"),
        ("the largest resident set", plain.memory / 1024, watched.memory / 1024, "MB"),
    ):
        print(f"{what:<30} {one:8.1f} plain, {other:8.1f} watched {unit}, {other / one:.2f} x (at most 1.15)")
    written = sum(path.stat().st_size for path in trace.iterdir()) / STEPS / 1e6
    print(f"{'trace of a step':<30} {written:8.3f} MB (at most 1)")


if __name__ == "__main__":
    main()
