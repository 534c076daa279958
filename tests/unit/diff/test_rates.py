"""Learning rates that loops set, always or under settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import held
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind

PROGRAM = """\
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument("--decay", action="store_true")
args = parser.parse_args()
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
table = {{"lr": 0.0}}
for step in range(100):
    {setting}
    loss = model(torch.ones(2, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
FALLING = "for group in optimizer.param_groups: group['lr'] = 0.1 / (1 + step)"
UNDER = (
    "if args.decay:\n        for group in optimizer.param_groups:\n            group['lr'] = 0.1 / (1 + step)"
)
CHOSEN = "for group in optimizer.param_groups: group['lr'] = 0.1 / (1 + step) if args.decay else {}"


def compared(root: Path, one: str, other: str) -> Comparison:
    return held(root, PROGRAM.format(setting=one), PROGRAM.format(setting=other))


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (UNDER, CHOSEN.format("0.1"), True),
        (UNDER, CHOSEN.format("0.2"), False),
        (FALLING, CHOSEN.format("0.1"), False),
        (FALLING, FALLING.replace("group['lr'] =", "group.update(lr=").rstrip() + ")", True),
    ],
)
def test_rate_with_and_without_a_setting(one: str, other: str, is_same: bool, tmp_path: Path) -> None:
    (pair,) = compared(tmp_path, one, other).pairs_of(Kind.LEARNING_RATE)
    assert (pair.differences == ()) is is_same


def test_what_is_set_elsewhere_is_no_rate(tmp_path: Path) -> None:
    found = compared(tmp_path, FALLING, "table['lr'] = 0.1 / (1 + step)")
    assert [effect.kind for effect in found.lost_of(Kind.LEARNING_RATE)] == [Kind.LEARNING_RATE]
    assert found.candidate.of(Kind.LEARNING_RATE) == ()
