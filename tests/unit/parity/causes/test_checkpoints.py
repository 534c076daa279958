"""What is missing from files of weights, and from when they are."""

from __future__ import annotations

import pytest

from tests.unit.parity.causes.runs import (
    put,
    run,
    told,
)
from trainlint.facts.parity import Phase, Value


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ("model, optimizer", "model", "the candidate does not save optimizer"),
        ("model", "model, scaler", "the reference does not save scaler"),
        (None, "model", "only the candidate writes this file"),
    ],
)
def test_keys_of_checkpoints(ours: Value, theirs: Value, said: str) -> None:
    place = 1, Phase.CHECKPOINT, "keys of last.pt"
    assert said in told(put(*place, theirs), before=put(*place, ours))[0].cause


def test_a_checkpoint_of_the_update_before() -> None:
    place = 1, Phase.CHECKPOINT, "model.emb in last.pt"
    ours, theirs = (run()[step, Phase.UPDATE, "emb"] for step in (1, 0))
    assert (
        "are those of update 1, saved after" in told(put(*place, theirs), before=put(*place, ours))[0].cause
    )
