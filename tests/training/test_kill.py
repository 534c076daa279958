"""A few of the kills that `make kill` does by the dozen."""

from __future__ import annotations

from pathlib import Path

from tests.training.kill import kill_and_resume


def test_a_run_that_is_killed_again_and_again_ends_as_one_that_nobody_touched(tmp_path: Path) -> None:
    assert kill_and_resume(tmp_path, 4, seed=1).count == 4
