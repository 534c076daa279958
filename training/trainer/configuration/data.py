"""What a run learns from, and how text becomes numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from omegaconf import MISSING

from trainer.configuration.limits import at_least
from trainer.errors import TrainerError


class Source(Enum):
    """What kind of files the training data are."""

    text = "text"
    conversations = "conversations"
    shards = "shards"
    puzzles = "puzzles"


class Tokenization(Enum):
    """How text becomes numbers; `auto` takes a pretrained model's own way, characters for other models."""

    auto = "auto"
    character = "character"
    gpt2 = "gpt2"
    bpe = "bpe"


@dataclass(kw_only=True)
class TokenizerConfig:
    """How text becomes numbers."""

    kind: Tokenization = Tokenization.auto
    #: Number of tokens of a `bpe` tokenizer that is trained on the data.
    vocab_size: int = 512
    #: Where a `gpt2` tokenizer comes from: a name of the hub or a local folder; empty takes that of the
    #: pretrained model, or `gpt2`.
    name: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be a vocabulary."""
        at_least("data.tokenizer.vocab_size", self.vocab_size, 2)


@dataclass(kw_only=True)
class ColumnsConfig:
    """The names of the columns of a CSV of conversations; each row is one turn."""

    question: str = "question"
    answer: str = "answer"
    #: An instruction before the first turn; empty when no column has one.
    system: str | None = None
    #: Rows with the same value, one after the other, are one conversation; empty: each row is one.
    conversation: str | None = None


@dataclass(kw_only=True)
class DataConfig:
    """What is learned from."""

    kind: Source = Source.text
    #: A file, or a folder for shards and puzzles. Relative paths start in the working directory.
    path: str = MISSING
    #: The share of the data that is held out.
    val_fraction: float = 0.1
    #: Sequences or puzzles of one micro-step on one rank.
    batch_size: int = 12
    #: Tokens of one sequence.
    block_size: int = 64
    #: Batches that are prepared ahead in a thread of their own.
    prefetch: int = 2
    tokenizer: TokenizerConfig = field(default_factory=TokenizerConfig)
    columns: ColumnsConfig = field(default_factory=ColumnsConfig)

    def __post_init__(self) -> None:
        """Refuse what gives no batches."""
        at_least("data.batch_size", self.batch_size, 1)
        at_least("data.block_size", self.block_size, 1)
        at_least("data.prefetch", self.prefetch, 0)
        if not 0.0 < self.val_fraction < 1.0:
            raise TrainerError(f"data.val_fraction is {self.val_fraction}: it must lie between 0 and 1")
        if self.kind is Source.shards and self.tokenizer.kind is not Tokenization.auto:
            raise TrainerError(
                f"data.tokenizer.kind is {self.tokenizer.kind.value}, but shards bring the tokenizer that "
                "they were built with: leave it at auto, or build the shards with another"
            )
