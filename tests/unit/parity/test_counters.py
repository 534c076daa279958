"""What a checkpoint counts is read wherever it stands; settings and states of generators are not."""

from __future__ import annotations

import random
from typing import Any

import pytest

from trainlint.parity.probe.counters import numbers_in

ITSELF: list[Any] = [3]
ITSELF.append(ITSELF)


@pytest.mark.parametrize(
    ("saved", "wanted"),
    [
        (7, {"": 7.0}),
        ({"step": 3, "best": float("inf"), "done": True}, {"step": 3.0, "best": float("inf"), "done": 1.0}),
        ({"ranks": [{"data": {"position": 6}}]}, {"ranks.0.data.position": 6.0}),
        ({"seen": (4, 5), "deep": [[[1]]]}, {"seen.0": 4.0, "seen.1": 5.0}),
        ({"config": {"optimizer": "adam", "warmup": 5}, "name": "a"}, {}),
        ({"python": random.getstate(), "numpy": ["MT19937", None, 4]}, {"python.0": 3.0}),
        ({"optimizer": {"param_groups": [{"lr": 0.1, "fused": True, "params": [0, 1]}]}}, {}),
        ({"scheduler": {"last_epoch": 2, "base_lrs": [0.1, 0.2]}}, {"scheduler.last_epoch": 2.0}),
        ({"itself": ITSELF}, {"itself.0": 3.0, "itself.1.0": 3.0}),
        ({"seed": 10**400, "step": 1}, {"step": 1.0}),
    ],
)
def test_the_numbers_of_what_is_saved(saved: object, wanted: dict[str, float]) -> None:
    assert numbers_in(saved) == wanted


def test_a_file_that_is_full_of_numbers_is_read_in_part() -> None:
    assert len(numbers_in({str(place): place for place in range(10_000)})) < 1000
