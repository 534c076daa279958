"""What one side does where passes differ in number or mode."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    every,
    told,
)
from trainlint.facts.parity import Phase


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("training mode, gradients off", "evaluates in training mode"),
        ("eval mode, gradients on", "without torch.no_grad"),
    ],
)
def test_modes_of_evaluation(mode: str, said: str) -> None:
    assert said in told(every(Phase.EVAL, "mode", lambda _: mode))[0].cause


@pytest.mark.parametrize(
    ("count", "ranks", "said"),
    [(3.0, 1, "one fewer"), (2.0, 2, "shared among 2 ranks"), (8.0, 1, "2 times"), (7.0, 1, "")],
)
def test_numbers_of_passes(count: float, ranks: int, said: str) -> None:
    found = told(every(Phase.STRUCTURE, "forward passes", lambda _: count), ranks=ranks)
    assert said in found[0].cause
    assert bool(found[0].cause) == bool(said)
