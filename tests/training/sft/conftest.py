"""What the tests of fine-tuning share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.sft.chat import tiny_chat_model, write_csv


@pytest.fixture(scope="session")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny chat model and its tokenizer."""
    return tiny_chat_model(tmp_path_factory.mktemp("chat") / "model")


@pytest.fixture(scope="session")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV of conversations, one of them with two turns."""
    return write_csv(tmp_path_factory.mktemp("conversations") / "data.csv")
