"""Averages of weights written in several ways, what they keep and take looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.chain.build import Builder
from trainlint.diff.carried import Carried
from trainlint.diff.normal import Normal
from trainlint.diff.program import Effects, effectful
from trainlint.diff.sides import read_side
from trainlint.diff.terms import Terms
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.settings import Settings
from trainlint.source import Files

PROGRAM = """
import copy, torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
    def forward(self, inputs):
        return self.layer(inputs)
model = Net()
average = copy.deepcopy(model)
for step in range(10):
    for mean, value in zip(average.parameters(), model.parameters()):
"""
MOVES = {
    "mean.mul_(0.75).add_(value, alpha=0.25)": (0.75, 0.25),
    "mean.mul_(0.75); mean.add_(0.25 * value)": (0.75, 0.25),
    "mean.data.mul_(0.75); mean.data.add_(value.data * (1 - 0.75))": (0.75, 0.25),
    "mean.lerp_(value, 0.25)": (0.75, 0.25),
    "mean.mul_(3).add_(value).div_(4)": (0.75, 0.25),
    "mean.copy_(value)": (0, 1),
    "mean.copy_(value); mean.mul_(2)": (0, 2),
}


def effects(root: Path, text: str) -> list[Effect]:
    (root / "train.py").write_text(text)
    script = read_side("reference", (root / "train.py",), Builder(Files(root), Settings())).scripts[0]
    normal = Normal(Terms(), script.evaluation, Carried.of([script.behaviour]))
    collected = Effects(normal, effectful(script.facts.loaded))
    collected.collect(script.behaviour)
    return [effect for effect in collected.found if effect.kind in (Kind.AVERAGE, Kind.FREEZE)]


@pytest.mark.parametrize("move", MOVES)
def test_shares_of_an_average(move: str, tmp_path: Path) -> None:
    (effect,) = effects(tmp_path, f"{PROGRAM}        {move}\n")
    shares = [effect.part(f"share {name}") for name in ("kept", "taken")]
    assert [share.value for share in shares if share is not None] == pytest.approx(list(MOVES[move]))


def test_other_tensors_are_no_average(tmp_path: Path) -> None:
    assert effects(tmp_path, f"{PROGRAM}        torch.zeros(4).add_(1)\n") == []


@pytest.mark.parametrize(
    "freeze",
    [
        "model.requires_grad_(False)",
        "[weights.requires_grad_(False) for weights in model.parameters()]",
        "for weights in model.parameters(): weights.requires_grad = False",
        "for _, weights in model.named_parameters(): weights.requires_grad = False",
    ],
)
def test_weights_are_frozen_in_several_ways(freeze: str, tmp_path: Path) -> None:
    (effect,) = effects(tmp_path, f"{PROGRAM}        pass\n{freeze}\n")
    frozen, value = effect.part("object"), effect.part("value")
    assert frozen is not None
    assert frozen.value == "Net"
    assert value is not None
    assert value.value is False
