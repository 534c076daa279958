"""What each turn of a loop adds to, and how the loop says how many turns it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.diff.programs import held
from trainlint.facts.effects import Kind

HEAD = """\
import torch
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
"""
TURN = """\
    loss = model(torch.ones(2, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
SHOWN = "    print(f'step {step}')\n"
FOR = f"{HEAD}for step in range(10):\n{TURN}{SHOWN}"
SAME = [
    f"{HEAD}step = 0\nwhile step < 10:\n{TURN}{SHOWN}    step += 1\n",
    f"{HEAD}step = 0\nwhile True:\n    if step >= 10:\n        break\n{TURN}{SHOWN}    step = step + 1\n",
    f"{HEAD}for number in range(1, 11):\n{TURN}    print(f'step {{number - 1}}')\n",
    f"{HEAD}step = 0\nfor _ in range(10):\n{TURN}{SHOWN}    step += 1\n",
]
OTHER = [
    f"{HEAD}for step in range(10):\n{TURN}    print(f'step {{step + 1}}')\n",
    f"{HEAD}for step in range(10):\n{TURN}    print(f'step {{2 * step}}')\n",
    f"{HEAD}step = 0\nfor _ in range(10):\n    step += 1\n{TURN}{SHOWN}",
]


@pytest.mark.parametrize("text", SAME)
def test_counters_that_count_alike(text: str, tmp_path: Path) -> None:
    (pair,) = held(tmp_path, FOR, text).pairs_of(Kind.LOG)
    assert pair.difference("value") is None


@pytest.mark.parametrize("text", OTHER)
def test_counters_that_count_otherwise(text: str, tmp_path: Path) -> None:
    (pair,) = held(tmp_path, FOR, text).pairs_of(Kind.LOG)
    found = pair.difference("value")
    assert found is not None
    assert found.certain
