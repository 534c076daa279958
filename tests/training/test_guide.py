"""The tests and places that the guide to the trainer names are there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.training.runs import TRAINING

TESTS = Path(__file__).parent
TABLES = (
    (TRAINING.parent / "docs" / "trainer.md").read_text("utf-8").split("## Each behaviour and its test")[1]
)
ROWS = [line for line in TABLES.split("## Where things are")[0].splitlines() if line.startswith("| ")]
BEHAVIOURS = [row for row in ROWS if "| Place | Test |" not in row and not row.startswith("| ---")]


def test_each_behaviour_has_a_test_that_is_there() -> None:
    tests = {
        f"{path.name}::{name}"
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert len(BEHAVIOURS) > 40
    for row in BEHAVIOURS:
        named = re.findall(r"`(test_\w+\.py::\w+)`", row)
        assert named, row
        assert set(named) <= tests, row


def test_each_behaviour_has_a_place_that_is_there() -> None:
    for row in BEHAVIOURS:
        place = row.split(" | ")[1]
        files = re.findall(r"`([\w/]+\.(?:py|txt))`", place)
        found = [[root / file for root in (TRAINING / "trainer", TRAINING.parent)] for file in files]
        assert files, row
        assert all(any(path.is_file() for path in paths) for paths in found), row
        code = "".join(path.read_text("utf-8") for paths in found for path in paths if path.is_file())
        for name in re.findall(r"\.py`: `(\w+)`", place):
            assert re.search(rf"(def|class) {name}\b", code), row
