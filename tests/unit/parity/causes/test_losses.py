"""What a loss or an output that differs looks like the work of."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    LENGTH,
    LOSS,
    ROWS,
    Run,
    drawn,
    every,
    put,
    tensor,
    times,
    told,
)
from trainlint.facts.parity import Phase


@pytest.mark.parametrize(
    ("factor", "said"), [(4, "the loss is 4 times"), (ROWS * LENGTH, "48 tokens"), (0.37, "in each pass")]
)
def test_a_loss_at_another_scale(factor: float, said: str) -> None:
    assert said in told(every(Phase.FORWARD, LOSS, times(factor)))[0].cause


def test_a_loss_of_other_targets() -> None:
    found = told(lambda values: values.update({(0, Phase.FORWARD, LOSS): 0.777}))
    assert "what comes out of the network is the same" in found[0].cause


def test_only_training_differs() -> None:
    def change(values: Run) -> None:
        for step, phase, name in [place for place in values if place[1] is Phase.FORWARD]:
            if step == 1:
                values[step, phase, name] = 5.5 if name.startswith(LOSS) else drawn((ROWS, LENGTH, 12), 99)

    assert "only what training adds differs" in told(change)[0].cause


def test_weights_that_change_between_updates() -> None:
    outputs = every(Phase.FORWARD, "output", times(1.5), since=2)

    def without_evaluation(values: Run) -> None:
        del values[1, Phase.EVAL, "output of evaluation"]

    found = told(outputs, before=without_evaluation)
    assert "the weights were the same after the last update" in found[0].cause


@pytest.mark.parametrize(("phase", "step"), [(Phase.FORWARD, 0), (Phase.EVAL, -1)])
def test_a_network_that_computes_something_else(phase: Phase, step: int) -> None:
    evaluated = put(-1, Phase.EVAL, "input 0 of evaluation", tensor([1.0, 2.0]))

    def before(values: Run) -> None:
        evaluated(values)
        values[-1, Phase.EVAL, "output 0 of evaluation"] = tensor([3.0, 4.0])

    def change(values: Run) -> None:
        for place, value in list(values.items()):
            if place[1] is phase and place[0] == step and place[2].startswith("output"):
                values[place] = times(1.5)(value)

    found = told(change, before=before if phase is Phase.EVAL else lambda _: None)
    assert found[0].cause == "from the same weights and inputs the network computes something else"
