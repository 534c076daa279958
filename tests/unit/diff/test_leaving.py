"""Loops that are left before or behind an evaluation, the evaluations that one program alone comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.compare import compare
from trainlint.diff.sides import read_side
from trainlint.facts.effects import Kind
from trainlint.facts.settings import Settings
from trainlint.source import Files

TRAIN = """
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument("--once", action="store_true")
args = parser.parse_args()
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
step = 0
{loop}
    loss = model(torch.ones(8, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    step += 1
    if step > 10:
        break
"""
EVALUATED = """    with torch.no_grad():
        print("val loss", model(torch.zeros(8, 4)).mean().item())
"""
LEFT = """    if args.once:
        break
"""
BEHIND = "while True:\n" + EVALUATED + LEFT
CASES = {
    (BEHIND, BEHIND): False,
    (BEHIND, "while True:\n" + LEFT + EVALUATED): True,
    ("while True:\n" + LEFT + EVALUATED, BEHIND): False,
    # The loop's own test, and a loop that nobody asks to leave.
    ("while not args.once:\n" + EVALUATED, "while True:\n" + LEFT + EVALUATED): False,
    ("while True:\n" + EVALUATED, "while True:\n    if step > 20:\n        break\n" + EVALUATED): False,
}


@pytest.mark.parametrize(("loops", "is_left"), CASES.items())
def test_evaluations_that_a_loop_is_left_before(
    tmp_path: Path, loops: tuple[str, str], is_left: bool
) -> None:
    for name, loop in zip(("reference", "candidate"), loops, strict=True):
        (tmp_path / f"{name}.py").write_text(TRAIN.format(loop=loop))
    builder = Builder(Files(tmp_path), Settings())
    sides = [read_side(name, (tmp_path / f"{name}.py",), builder) for name in ("reference", "candidate")]
    pairs = compare(*sides).pairs_of(Kind.EVALUATION)
    assert [pair.difference("departure") is not None for pair in pairs] == [is_left]


RANGE = """
import torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
worse = 0
for step in range(10):
    loss = model(torch.ones(8, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    worse = 0 if loss.item() < 1 else worse + 1
"""
STOP = "    if worse > 3:\n        break\n"
OTHERWISE = "    if worse <= 3:\n        continue\n    break\n"
EARLY = {(STOP, ""): True, (STOP, STOP): False, (STOP, OTHERWISE): False, ("", STOP): False}


@pytest.mark.parametrize(("ends", "is_lost"), EARLY.items())
def test_loops_that_the_candidate_never_leaves(tmp_path: Path, ends: tuple[str, str], is_lost: bool) -> None:
    for name, end in zip(("reference", "candidate"), ends, strict=True):
        (tmp_path / f"{name}.py").write_text(RANGE + end)
    builder = Builder(Files(tmp_path), Settings())
    sides = [read_side(name, (tmp_path / f"{name}.py",), builder) for name in ("reference", "candidate")]
    pairs = compare(*sides).pairs_of(Kind.STEP)
    assert [pair.difference("left") is not None for pair in pairs] == [is_lost]
