"""Backward passes and steps as they are written, what they are of and by which scaler."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import held, program
from trainlint.facts.effects import Kind

HEAD = """\
import torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cuda")
for step in range(10):
    optimizer.zero_grad()
    loss = model(torch.ones(2, 4)).mean()
"""
PLAIN = f"{HEAD}    loss.backward()\n    optimizer.step()\n"
SCALED = f"{HEAD}    scaler.scale(loss).backward()\n    scaler.step(optimizer)\n    scaler.update()\n"


@pytest.mark.parametrize(("text", "has_scaler"), [(PLAIN, False), (SCALED, True)])
def test_what_is_scaled(text: str, has_scaler: bool, tmp_path: Path) -> None:
    found = program(tmp_path, text)
    (backward,), (step,) = found.of(Kind.BACKWARD), found.of(Kind.STEP)
    assert [(effect.part("scaler") is not None) for effect in (backward, step)] == [has_scaler] * 2
    stepped = step.part("object")
    assert stepped is not None
    assert stepped.value == "torch.optim.SGD"


def test_the_loss_is_the_same_with_a_scaler(tmp_path: Path) -> None:
    (pair,) = held(tmp_path, PLAIN, SCALED).pairs_of(Kind.BACKWARD)
    assert pair.difference("loss") is None
    assert pair.difference("scaler") is not None
