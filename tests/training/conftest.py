"""What the tests of the trainer share."""

from __future__ import annotations

from pathlib import Path

import pytest
from trainer.data.puzzles.metadata import Mode

from tests.training.pretrained import tiny_gpt2
from tests.training.runs import puzzles, story


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


@pytest.fixture(scope="session")
def sudoku(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sudoku of 4x4 cells, for models that have a vector for each rule."""
    return puzzles(tmp_path_factory.mktemp("sudoku"), "sudoku4", Mode.embedding)


@pytest.fixture(scope="session")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Maps of colours with demonstrations."""
    return puzzles(tmp_path_factory.mktemp("colours"), "colours", Mode.encoder, side=4)
