"""How learning rates that differ are related."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    told,
)
from trainlint.facts.parity import Phase


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([0.2, 0.1, 0.2 / 3], "2 times the reference's"),
        ([0.09, 0.1, 0.05], "one update late"),
        ([0.05, 0.1 / 3, 0.02], "one update early"),
        ([0.03, 0.03, 0.03], "stays at 0.03"),
        ([0.2, 0.07, 0.01], "2 times the reference's here, and another multiple at other updates"),
    ],
)
def test_rates(rates: list[float], said: str) -> None:
    found = told(
        lambda values: values.update({(step, Phase.LR, "lr"): rate for step, rate in enumerate(rates)})
    )
    assert said in found[0].cause
