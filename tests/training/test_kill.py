"""A few of the kills that `make kill` does by the dozen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.kill import kill_and_resume


@pytest.mark.parametrize(("victim", "kills"), [("process", 4), ("rank", 3), ("launcher", 1)])
def test_a_run_that_is_killed_again_and_again_ends_as_one_that_nobody_touched(
    victim: str, kills: int, tmp_path: Path
) -> None:
    assert kill_and_resume(tmp_path, victim, kills, seed=1).total() == kills
