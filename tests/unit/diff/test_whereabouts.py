"""Places of a program in, what stands around them out."""

from __future__ import annotations

from pathlib import Path

from trainlint.chain.build import Builder
from trainlint.diff.compare import compare
from trainlint.diff.sides import CANDIDATE, REFERENCE, read_side
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.settings import Settings
from trainlint.source import Files

SCRIPT = """\
import os

import torch

model = torch.nn.Linear(2, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


@torch.no_grad()
def measured():
    return model(torch.ones(2))


for epoch in range(5):
    if epoch > 2:
        for batch in torch.load("data.pt"):
            if os.environ.get("STOP") and epoch > 2:
                break
            optimizer.step()
    with torch.autocast("cuda"):
        measured()
    if False:
        optimizer.zero_grad()
"""


def effects(folder: Path) -> dict[Kind, Effect]:
    """What the script does, the last of each kind."""
    (folder / "train.py").write_text(SCRIPT)
    builder = Builder(Files(folder), Settings())
    one, other = (read_side(name, (folder / "train.py",), builder) for name in (REFERENCE, CANDIDATE))
    return {effect.kind: effect for effect in compare(one, other).reference.effects}


def test_a_test_that_is_asked_twice_stands_once_in_a_condition(tmp_path: Path) -> None:
    step = effects(tmp_path)[Kind.STEP]
    assert len(step.condition) == len(set(step.condition)) == 1
    assert [loop.span.line for loop in step.loops] == [14, 16]


def test_contexts_are_those_of_the_place_and_of_the_functions_around_it(tmp_path: Path) -> None:
    forward = effects(tmp_path)[Kind.EVALUATION]
    assert [term.value for term in forward.within] == ["torch.autocast", "torch.no_grad"]
    assert forward.inside == "measured"
    assert [span.line for span in forward.calls] == [21]


def test_what_no_run_comes_to_is_no_effect(tmp_path: Path) -> None:
    assert Kind.ZERO_GRAD not in effects(tmp_path)
