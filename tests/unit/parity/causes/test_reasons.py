"""What both runs showed beside a difference that explains it."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    LENGTH,
    LOSS,
    TOKENS,
    Change,
    Run,
    batches,
    every,
    times,
    told,
)
from trainlint.facts.parity import Divergence, Phase, Value


def beside(change: Change, phase: Phase, quantity: str, ours: Value, theirs: Value) -> list[Divergence]:
    """What is told where something else differs beside it."""

    def both(values: Run) -> None:
        change(values)
        for step in range(3):
            values[step, phase, quantity] = theirs

    same = {(step, phase, quantity): ours for step in range(3)}
    return told(both, before=lambda values: values.update(same))


OUTPUTS = every(Phase.FORWARD, "output", times(1.5))
LOSSES = every(Phase.FORWARD, LOSS, times(3.3))


@pytest.mark.parametrize(
    ("change", "quantity", "ours", "theirs", "said"),
    [
        (OUTPUTS, "mode of micro-step 1", "training mode", "eval mode", "the candidate trains in eval mode"),
        (OUTPUTS, "modules in the other mode of micro-step 1", "none", "drop", "drop, in the reference none"),
        (
            OUTPUTS,
            "autocast of micro-step 1",
            "off",
            "bfloat16",
            "autocast is bfloat16, in the reference off",
        ),
        (
            OUTPUTS,
            "arguments of cross_entropy of micro-step 1",
            "a=1, b=2",
            "a=1, b=3",
            "the network computes",
        ),
        (
            LOSSES,
            "arguments of cross_entropy of micro-step 1",
            "ignore_index=-1, reduction=mean",
            "ignore_index=-1, reduction=sum",
            "cross_entropy is called with reduction=sum, in the reference with reduction=mean",
        ),
    ],
)
def test_what_stands_beside_a_pass(change: Change, quantity: str, ours: str, theirs: str, said: str) -> None:
    found = beside(change, Phase.FORWARD, quantity, ours, theirs)
    assert said in found[0].cause


def test_loaders_and_schedulers_that_are_used_otherwise() -> None:
    other = batches(lambda number: TOKENS[number + 20][:, :LENGTH])
    found = beside(other, Phase.BATCH, "sampler of the loader", "RandomSampler", "SequentialSampler")
    assert found[0].cause == "sampler of the loader is SequentialSampler, in the reference RandomSampler"
    rates = every(Phase.LR, "lr", times(0.4))
    found = beside(rates, Phase.LR, "calls of a scheduler since the last update", 1.0, 2.0)
    assert found[0].cause.startswith("schedulers are called 2 times since the last update")
