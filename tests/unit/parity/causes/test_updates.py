"""Which weights and averages differ after an update, and since when."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    WEIGHTS,
    Run,
    drawn,
    every,
    observed,
    put,
    run,
    tensor,
    told,
)
from trainlint.facts.parity import Digest, Phase, Value
from trainlint.parity.causes.evidence import evidence
from trainlint.parity.causes.table import named
from trainlint.parity.compare import divergences, exactly


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["bias"], "one dimension"),
        (["emb", "out"], "two dimensions or more"),
        (["emb", "out", "bias"], "all weights"),
    ],
)
def test_updates_of_some_parameters(names: list[str], said: str) -> None:
    def change(values: Run) -> None:
        for name in names:
            values[0, Phase.UPDATE, name] = drawn(WEIGHTS[name], 88)

    assert said in told(change)[0].cause


def test_an_optimizer_that_begins_anew() -> None:
    def later(value: Value) -> Value:
        assert isinstance(value, Digest)
        return tensor(value.total + 6)

    ours, theirs = run(), run()
    every(Phase.UPDATE, "step of", later)(ours)
    apart = divergences(observed(ours), observed(theirs), exactly, 3)
    held = evidence(observed(ours), observed(theirs), apart, same_draws=True, ranks=1)
    assert "goes on after 6 updates: its state is not restored" in named(apart, held)[0].cause


def test_an_optimizer_that_begins_anew_later() -> None:
    found = told(every(Phase.UPDATE, "step of", lambda _: tensor(1.0)))
    assert found[0].cause == "the optimizer counts 1 updates, in the reference 2: its state is made anew"


@pytest.mark.parametrize(
    ("quantity", "said"),
    [("copy of emb", "their average, or copy"), ("norm.mean", "as statistics of batches")],
)
def test_what_is_kept_beside_the_weights(quantity: str, said: str) -> None:
    def before(values: Run) -> None:
        values[-1, Phase.INIT, "norm.mean, not trained"] = tensor([1.0])
        values[0, Phase.UPDATE, quantity] = tensor([2.0])

    assert said in told(put(0, Phase.UPDATE, quantity, tensor([3.0])), before=before)[0].cause
