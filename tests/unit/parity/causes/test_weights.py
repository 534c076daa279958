"""How weights came to be others before the first update."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest

from tests.unit.parity.causes.runs import (
    drawn,
    every,
    tensor,
    times,
    told,
)
from trainlint.facts.parity import Phase, Value


@pytest.mark.parametrize(
    ("made", "same_draws", "said"),
    [
        (times(2), True, "2 times the reference's, number by number"),
        (lambda _: tensor(numpy.zeros((12, 4))), True, "zeros in the candidate"),
        (lambda _: drawn((12, 4), 77, scale=3), True, "drawn from another distribution"),
        (lambda _: drawn((12, 4), 77), True, "in another order"),
        (lambda _: drawn((12, 4), 77), False, "with other random numbers"),
    ],
)
def test_weights(made: Callable[[Value], Value], same_draws: bool, said: str) -> None:
    assert said in told(every(Phase.INIT, "emb", made), same_draws=same_draws)[0].cause


def test_a_multiple_that_is_a_root() -> None:
    assert "the square root of 2 times" in told(every(Phase.INIT, "emb", times(2**0.5)))[0].cause
