"""Text in, numbers out, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from trainer.errors import TrainerError


class Tokenizer(Protocol):
    """What every tokenizer does."""

    @property
    def vocab_size(self) -> int:
        """How many numbers there are."""

    def encode(self, text: str) -> list[int]:
        """The numbers of a text. Raises TrainerError for what it has no number for."""

    def decode(self, ids: list[int]) -> str:
        """The text of numbers."""

    def save(self, folder: Path) -> None:
        """Write what `load_tokenizer` needs."""


class CharacterTokenizer:
    """One number for each character that the training text has."""

    FILE = "characters.json"

    def __init__(self, characters: list[str]) -> None:
        self.characters = characters
        self._ids = {character: number for number, character in enumerate(characters)}

    @classmethod
    def of(cls, text: str) -> CharacterTokenizer:
        """The characters of a text, sorted."""
        return cls(sorted(set(text)))

    @classmethod
    def load(cls, folder: Path) -> CharacterTokenizer:
        """Read what `save` wrote."""
        return cls(json.loads((folder / cls.FILE).read_text(encoding="utf-8")))

    @property
    def vocab_size(self) -> int:
        """How many different characters there are."""
        return len(self.characters)

    def encode(self, text: str) -> list[int]:
        """The numbers of a text. Raises TrainerError for a character that was not in the training text."""
        try:
            return [self._ids[character] for character in text]
        except KeyError as error:
            raise TrainerError(f"the tokenizer has no number for the character {error.args[0]!r}") from error

    def decode(self, ids: list[int]) -> str:
        """The text of numbers."""
        return "".join(self.characters[number] for number in ids)

    def save(self, folder: Path) -> None:
        """Write the characters."""
        (folder / self.FILE).write_text(json.dumps(self.characters, ensure_ascii=False), encoding="utf-8")
