"""What the tests of the trainer share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.pretrained import tiny_gpt2
from tests.training.runs import story


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A small text to train on."""
    return story(tmp_path / "story.txt")


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny GPT-2 and its tokenizer."""
    folder = tmp_path_factory.mktemp("pretrained")
    text = story(folder / "story.txt").read_text(encoding="utf-8")
    return tiny_gpt2(folder / "gpt2", text)
