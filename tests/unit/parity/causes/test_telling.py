"""What a number that is told otherwise is in the reference."""

from __future__ import annotations

import pytest

from trainlint.facts.parity import Observation, Phase
from trainlint.parity.causes.evidence import evidence
from trainlint.parity.causes.table import named
from trainlint.parity.compare import divergences, exactly


@pytest.mark.parametrize(
    ("value", "said"),
    [(2.5, "it is what the reference tells as `val loss`"), (6.0, "4 times the reference's"), (7.1, "")],
)
def test_numbers_that_are_told(value: float, said: str) -> None:
    def telling(loss: float) -> list[Observation]:
        told = {"printed train loss": loss, "printed val loss": 2.5}
        return [Observation(0, Phase.EVAL, *entry, None, True, True) for entry in told.items()]

    ours, theirs = telling(1.5), telling(value)
    apart = divergences(ours, theirs, exactly, 1)
    held = evidence(ours, theirs, apart, same_draws=True, ranks=1)
    assert said in named(apart, held)[0].cause
