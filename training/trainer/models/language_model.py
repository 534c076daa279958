"""What the language task asks of every model."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor, nn


class Cache(Protocol):
    """Keys and values of the tokens that a model has read."""

    def get_seq_length(self) -> int:
        """How many tokens were read."""


class LanguageModel(nn.Module):
    """Gives logits (batch, time, vocabulary) for tokens (batch, time)."""

    #: The longest context in tokens; None where there is no limit.
    block_size: int | None = None

    def blueprint(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the configuration, so that the same shape can be built again."""
        return {}

    def new_cache(self) -> Cache | None:
        """Memory for generation, empty; None for a model that reads all tokens again."""
        return None

    def read(self, tokens: Tensor, cache: Any) -> Tensor:
        """Logits as `forward` gives them, for tokens that follow those in a cache of `new_cache`.

        The first call may read any number of tokens, a later one reads one. The cache grows.
        """
        raise TypeError(f"{type(self).__name__} has no cache: `new_cache` gave none")
