"""Which forwards are evaluations, of which split, and how often the parts of a step are done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import program
from trainlint.facts.effects import Kind

HEAD = """\
import torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
train, val = torch.load("train.pt"), torch.load("val.pt")
"""
LOOP = """\
for step in range(10):
    for micro_step in range({turns}):
        loss = model(train).mean()
        loss.backward()
    optimizer.step()
    optimizer.zero_grad()
"""
EVALUATIONS = {
    "with torch.no_grad():\n    print(model(val).mean())\n": 1,
    "@torch.no_grad()\ndef check():\n    print(model(val).mean())\ncheck()\n": 1,
    "with torch.inference_mode():\n    print(model(val).mean())\n": 1,
    "def check():\n    with torch.no_grad():\n        return model(val).mean()\nprint(check())\n": 1,
    "print(val.mean())\n": 0,
}


@pytest.mark.parametrize("text", EVALUATIONS)
def test_a_forward_without_gradients_is_an_evaluation(text: str, tmp_path: Path) -> None:
    found = program(tmp_path, HEAD + LOOP.format(turns=4) + text)
    assert len(found.of(Kind.EVALUATION)) == EVALUATIONS[text]
    assert len(found.of(Kind.FORWARD)) == 1


@pytest.mark.parametrize("turns", [1, 4])
def test_each_part_of_a_step_is_told_how_often_it_is_done(turns: int, tmp_path: Path) -> None:
    found = program(tmp_path, HEAD + LOOP.format(turns=turns))
    times = {kind: found.of(kind)[0].part("times") for kind in (Kind.BACKWARD, Kind.STEP, Kind.ZERO_GRAD)}
    known = {kind: term.value for kind, term in times.items() if term is not None}
    assert known == {Kind.BACKWARD: turns, Kind.STEP: 1, Kind.ZERO_GRAD: 1}
