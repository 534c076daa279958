"""How targets that differ are related to the reference's."""

from __future__ import annotations

from collections.abc import Callable

import numpy
import pytest

from tests.unit.parity.causes.runs import (
    LENGTH,
    PASSES,
    TOKENS,
    Change,
    Run,
    tensor,
    told,
)
from trainlint.facts.parity import Phase


def flat(taken: Callable[[int], object]) -> Change:
    """Other targets in each pass, by its number."""

    def change(values: Run) -> None:
        for step in range(3):
            for micro in range(PASSES):
                held = numpy.asarray(taken(step * PASSES + micro)).ravel()
                values[step, Phase.BATCH, f"targets of micro-step {micro + 1}"] = tensor(held, "int64")

    return change


SHIFTED = flat(lambda number: TOKENS[number][:, 1 : LENGTH + 1])


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (lambda number: TOKENS[number][:, :LENGTH], "the targets are the inputs themselves"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 2], "one place later than the reference's"),
        (lambda number: TOKENS[number][:, 2 : LENGTH + 1], "they are shifted once more"),
        (
            lambda number: numpy.where(
                TOKENS[number][:, 1 : LENGTH + 1] > 3, TOKENS[number][:, 1 : LENGTH + 1], -100
            ),
            "targets are -100",
        ),
        (lambda number: TOKENS[number + 20][:, 1 : LENGTH + 1], ""),
    ],
)
def test_targets(taken: Callable[[int], object], said: str) -> None:
    found = told(flat(taken), before=SHIFTED)
    assert said in found[0].cause
    assert bool(found[0].cause) == bool(said)
