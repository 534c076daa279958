"""What the tests of the trainer share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.runs import story


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A small text to train on."""
    return story(tmp_path / "story.txt")
