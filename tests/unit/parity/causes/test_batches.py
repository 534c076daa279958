"""What of the reference's data batches that differ are."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest

from tests.unit.parity.causes.runs import (
    LENGTH,
    TOKENS,
    Run,
    batches,
    every,
    tensor,
    told,
)
from trainlint.facts.parity import Digest, Phase, Value


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (lambda number: TOKENS[number][:, 1 : LENGTH + 1], "each row begins one place later"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 2], "each row begins 2 places later"),
        (lambda number: TOKENS[number][::-1, :LENGTH], "the same rows, in another order"),
        (lambda number: TOKENS[number + 1][:, :LENGTH], "the same batches, one batch ahead of the reference"),
        (lambda number: TOKENS[11 - number][:, :LENGTH], "the same batches, in another order"),
        (lambda _: TOKENS[0][:, :LENGTH], "one and the same batch each time"),
        (lambda number: TOKENS[number][:2, :LENGTH], "batches of 2 rows, in the reference of 6"),
        (lambda number: TOKENS[number][:, :3], "rows of length 3, in the reference of 8"),
        (lambda number: 3 * TOKENS[number][:, :LENGTH], "3 times the reference's"),
        (lambda number: TOKENS[number + 20][:, :LENGTH], ""),
    ],
)
def test_batches(taken: Callable[[int], object], said: str) -> None:
    found = told(batches(taken))
    assert said in found[-1].cause
    assert bool(found[-1].cause) == bool(said)


def test_an_input_that_stands_still_beside_others_that_change() -> None:
    def second(values: Run) -> None:
        inputs = {place: value for place, value in values.items() if place[1] is Phase.BATCH}
        values.update(
            {(step, phase, f"input 1{name[7:]}"): value for (step, phase, name), value in inputs.items()}
        )

    found = told(batches(lambda _: TOKENS[0][:, :LENGTH]), before=second)
    assert "it is one and the same each time, while other inputs of the network change" in found[-1].cause


def test_batches_of_another_generator() -> None:
    found = told(batches(lambda number: TOKENS[number + 20][:, :LENGTH]), same_draws=False)
    assert "the random generator stands elsewhere" in found[0].cause


def test_batches_of_another_type() -> None:
    def narrow(value: Value) -> Value:
        assert isinstance(value, Digest)
        assert value.contents is not None
        return tensor(numpy.frombuffer(value.contents, "int64").reshape(value.shape), "int32")

    assert (
        "the same numbers as int32, in the reference int64" in told(every(Phase.BATCH, "", narrow))[0].cause
    )
