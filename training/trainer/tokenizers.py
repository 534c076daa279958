"""Text in, numbers out, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

import tokenizers
from tokenizers import decoders, models, pre_tokenizers, trainers

from trainer.configuration.data import Tokenization, TokenizerConfig
from trainer.errors import TrainerError

#: Ends a document in the vocabulary of GPT-2.
END_OF_TEXT = "<|endoftext|>"


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

    def serialised(self) -> str:
        """All that it knows as text: two tokenizers are the same when this is."""


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
            place = text.index(error.args[0])
            raise TrainerError(
                f"the character {error.args[0]!r} (number {place} of the text) is not in the tokenizer's "
                f"vocabulary of {self.vocab_size} characters: train on text that the vocabulary covers, "
                "or start a fresh run with data.tokenizer.kind=bpe, which knows every byte"
            ) from error

    def decode(self, ids: list[int]) -> str:
        """The text of numbers."""
        return "".join(self.characters[number] for number in ids)

    def save(self, folder: Path) -> None:
        """Write the characters."""
        (folder / self.FILE).write_text(self.serialised(), encoding="utf-8")

    def serialised(self) -> str:
        """The characters as a JSON list."""
        return json.dumps(self.characters, ensure_ascii=False)


class BPETokenizer:
    """Byte-level byte-pair encoding: GPT-2's own, or one trained on the data; has numbers for any text."""

    FILE = "tokenizer.json"

    def __init__(self, inner: tokenizers.Tokenizer) -> None:
        self._inner = inner

    @classmethod
    def of(cls, text: str, vocab_size: int) -> BPETokenizer:
        """Merge the most frequent pairs of a text until there are `vocab_size` tokens, or no more pairs.

        Raises TrainerError for a vocabulary that has no room for the 256 bytes.
        """
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        if vocab_size <= len(alphabet):
            raise TrainerError(
                f"data.tokenizer.vocab_size is {vocab_size}: a bpe tokenizer starts from "
                f"{len(alphabet)} bytes and the end of text, so it needs at least {len(alphabet) + 1}"
            )
        inner = tokenizers.Tokenizer(models.BPE())
        inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        inner.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            initial_alphabet=alphabet,
            special_tokens=[END_OF_TEXT],
            show_progress=False,
        )
        inner.train_from_iterator(text.splitlines(keepends=True), trainer)
        return cls(inner)

    @classmethod
    def pretrained(cls, name: str) -> BPETokenizer:
        """The tokenizer of a local folder (`tokenizer.json`, or `vocab.json` and `merges.txt`) or of the hub.

        Raises TrainerError when there is none.
        """
        folder = Path(name)
        if (folder / cls.FILE).is_file():
            return cls.load(folder)
        if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
            model = models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
            inner = tokenizers.Tokenizer(model)
            inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
            inner.decoder = decoders.ByteLevel()
            return cls(inner)
        if folder.is_dir():
            raise TrainerError(f"{name} has no tokenizer: neither {cls.FILE} nor vocab.json with merges.txt")
        try:
            return cls(tokenizers.Tokenizer.from_pretrained(name))
        except Exception as error:  # The library knows no narrower class.
            raise TrainerError(
                f"the tokenizer {name!r} is neither a local folder nor to be had from the hub: {error}"
            ) from error

    @classmethod
    def load(cls, folder: Path) -> BPETokenizer:
        """Read what `save` wrote. Raises TrainerError for a file that is no tokenizer."""
        try:
            return cls(tokenizers.Tokenizer.from_file(str(folder / cls.FILE)))
        except Exception as error:  # The library knows no narrower class.
            raise TrainerError(f"{folder / cls.FILE} is no tokenizer: {error}") from error

    @property
    def vocab_size(self) -> int:
        """How many tokens there are."""
        return self._inner.get_vocab_size()

    def encode(self, text: str) -> list[int]:
        """The numbers of a text."""
        return self._inner.encode(text, add_special_tokens=False).ids

    def decode(self, ids: list[int]) -> str:
        """The text of numbers."""
        return self._inner.decode(ids, skip_special_tokens=False)

    def save(self, folder: Path) -> None:
        """Write vocabulary and merges."""
        (folder / self.FILE).write_text(self.serialised(), encoding="utf-8")

    def serialised(self) -> str:
        """The library's own JSON."""
        return self._inner.to_str(pretty=False)


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer that `save` wrote into a folder. Raises TrainerError when there is none."""
    if (folder / CharacterTokenizer.FILE).is_file():
        return CharacterTokenizer.load(folder)
    if (folder / BPETokenizer.FILE).is_file():
        return BPETokenizer.load(folder)
    raise TrainerError(
        f"{folder} has no tokenizer: neither {CharacterTokenizer.FILE} nor {BPETokenizer.FILE} is there"
    )


def build_tokenizer(config: TokenizerConfig, text: str, pretrained: str | None) -> Tokenizer:
    """The tokenizer of a fresh run: one that exists, or one that learns its vocabulary from the text.

    `pretrained` names the pretrained model that the run starts from: it brings its own tokenizer.
    """
    kind = config.kind
    if kind is Tokenization.auto:
        kind = Tokenization.gpt2 if pretrained else Tokenization.character
    if kind is Tokenization.gpt2:
        return BPETokenizer.pretrained(config.name or pretrained or "gpt2")
    return (
        BPETokenizer.of(text, config.vocab_size) if kind is Tokenization.bpe else CharacterTokenizer.of(text)
    )
