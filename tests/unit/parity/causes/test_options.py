"""Which parameters have options of the optimizer otherwise."""

from __future__ import annotations

import json

import pytest

from tests.unit.parity.causes.runs import (
    every,
    put,
    told,
)
from trainlint.facts.parity import Phase, Value


@pytest.mark.parametrize(
    ("decays", "said"),
    [
        ({"emb": 0.1, "out": 0.1, "bias": 0.1}, "one dimension (biases, norms): 0.0 in the reference, 0.1"),
        ({"emb": 0.0, "out": 0.1, "bias": 0.0}, "only of emb: 0.1 in the reference, 0.0 in the candidate"),
        ({"emb": 0.2, "out": 0.2, "bias": 0.0}, "two dimensions or more (matrices, embeddings)"),
    ],
)
def test_options_of_some_parameters(decays: dict[str, float], said: str) -> None:
    assert said in told(every(Phase.CONFIG, "weight_decay", lambda _: json.dumps(decays)))[0].cause


@pytest.mark.parametrize(
    ("quantity", "ours", "theirs", "said"),
    [
        ("emb is trained", "True", None, "the candidate does not train it"),
        ("emb is trained", "False", "True", "the reference does not train it"),
        ("betas", "[0.9, 0.95]", "[0.9, 0.999]", "remember them for longer"),
    ],
)
def test_options_and_what_is_trained(quantity: str, ours: Value, theirs: Value, said: str) -> None:
    found = told(put(0, Phase.CONFIG, quantity, theirs), before=put(0, Phase.CONFIG, quantity, ours))
    assert said in found[0].cause
