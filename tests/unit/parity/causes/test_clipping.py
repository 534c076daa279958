"""What is clipped otherwise, and to which bound."""

from __future__ import annotations

from tests.unit.parity.causes.runs import (
    BOUND,
    GRADIENT,
    RETURNS,
    WEIGHTS,
    Run,
    every,
    times,
    told,
)
from trainlint.facts.parity import Phase


def test_clipping_that_is_gone() -> None:
    def change(values: Run) -> None:
        for step in range(3):
            del values[step, Phase.GRADNORM, RETURNS], values[step, Phase.CLIP, BOUND]
            for name in WEIGHTS:
                taken = step, Phase.CLIP, f"gradient taken of {name}"
                values[taken] = values[step, Phase.GRAD, GRADIENT + name]

    found = told(change)
    assert "the candidate does not clip here: its gradients are taken as they are" in found[0].cause
    assert found[-1].cause == found[0].cause


def test_another_bound() -> None:
    change = every(Phase.CLIP, "gradient taken", times(0.5))
    found = told(lambda values: (values.update({(0, Phase.CLIP, BOUND): 1.0}), change(values))[1])
    causes = {entry.quantity: entry.cause for entry in found}
    assert causes[BOUND] == "another bound for the gradients"
    assert "scaled to a norm of" in causes["gradient taken of emb"]


def test_scaled_gradients_that_are_clipped() -> None:
    found = told(every(Phase.GRADNORM, RETURNS, times(65536)))
    assert "other ones are clipped" in found[0].cause
    both = every(Phase.GRAD, GRADIENT, times(65536))
    causes = told(lambda values: (both(values), every(Phase.GRADNORM, RETURNS, times(65536))(values))[1])
    assert all("gradient scalers" in entry.cause for entry in causes)
