"""What the language task asks of every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from torch import Tensor, nn


def parameters_of(module: nn.Module) -> int:
    """How many numbers a module has to learn or has learned."""
    return sum(parameter.numel() for parameter in module.parameters())


class Cache(Protocol):
    """Keys and values of the tokens that a model has read."""

    def get_seq_length(self) -> int:
        """How many tokens were read."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """What decides how much a token costs in a transformer."""

    #: Each takes part in one product for each token: embeddings of positions are only added and do not count.
    parameters: int
    layers: int
    width: int


class LanguageModel(nn.Module):
    """Gives logits (batch, time, vocabulary) for tokens (batch, time)."""

    #: The longest context in tokens; None where there is no limit.
    block_size: int | None = None

    def blueprint(self) -> dict[str, Any]:
        """What a checkpoint keeps beside the configuration, so that the same shape can be built again."""
        return {}

    def size(self) -> Size | None:
        """Its size as a transformer; None for a model that is none."""
        return None

    def new_cache(self) -> Cache | None:
        """Memory for generation, empty; None for a model that reads all tokens again."""
        return None

    def read(self, tokens: Tensor, cache: Any) -> Tensor:
        """Logits as `forward` gives them, for tokens that follow those in a cache of `new_cache`.

        The first call may read any number of tokens, a later one reads one. The cache grows.
        """
        raise TypeError(f"{type(self).__name__} has no cache: `new_cache` gave none")
