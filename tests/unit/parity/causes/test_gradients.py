"""What gradients that differ look like the work of."""

from __future__ import annotations

import numpy
import pytest

from tests.unit.parity.causes.runs import (
    GRADIENT,
    LENGTH,
    ROWS,
    WEIGHTS,
    Run,
    drawn,
    every,
    tensor,
    times,
    told,
)
from trainlint.facts.parity import Digest, Phase


@pytest.mark.parametrize(
    ("factor", "ranks", "said"),
    [
        (4, 1, "4 times the reference's: an update has 4 micro-steps, and the loss is not divided"),
        (
            0.25,
            1,
            "1/4 of the reference's: an update has 4 micro-steps, and the loss is divided by their number",
        ),
        (0.75, 1, "3/4 of the reference's: an update has 4 micro-steps, and one is left out"),
        (2, 2, "there are 2 ranks, and what they sum is not divided by their number"),
        (0.5, 2, "there are 2 ranks, and what they sum is divided by their number once more"),
        (4, 4, "or there are 4 ranks"),
        (ROWS, 1, "a pass has 6 rows: their sum is taken"),
        (ROWS * LENGTH, 1, "a pass has 48 tokens: their sum is taken, in the reference their mean"),
        (65536, 1, "gradient scalers"),
        (-1, 1, "the other way"),
        (0.37, 1, "0.37 times the reference's, all of them"),
    ],
)
def test_gradients_at_another_scale(factor: float, ranks: int, said: str) -> None:
    found = told(every(Phase.GRAD, GRADIENT, times(factor)), ranks=ranks)
    assert {said in entry.cause for entry in found} == {True}, found[0].cause


def test_gradients_of_which_one_alone_is_another_multiple_are_no_other_scale() -> None:
    found = told(every(Phase.GRAD, "gradient of bias", times(4)))
    assert found[0].cause == "only of parameters with one dimension (biases, norms), gradients differ"


def test_gradients_that_nothing_sets_to_zero() -> None:
    def change(values: Run) -> None:
        for name in WEIGHTS:
            now, then = (
                values[1, Phase.GRAD, GRADIENT + name],
                values[0, Phase.CLIP, f"gradient taken of {name}"],
            )
            assert isinstance(now, Digest)
            assert isinstance(then, Digest)
            assert now.contents is not None
            assert then.contents is not None
            held = [numpy.frombuffer(one.contents, "float32").reshape(now.shape) for one in (now, then)]
            values[1, Phase.GRAD, GRADIENT + name] = tensor(held[0] + held[1])

    assert "was not set to zero" in told(change)[0].cause


def test_a_parameter_without_gradient() -> None:
    def change(values: Run) -> None:
        values[0, Phase.GRAD, "gradient of bias"] = None

    assert "frozen, detached or not used" in told(change)[0].cause

    def both(values: Run) -> None:
        change(values)
        values[0, Phase.GRAD, "gradient of emb"] = drawn((12, 4), 55)

    assert "bias have no gradient in the candidate: what leads there is cut off" in told(both)[0].cause
