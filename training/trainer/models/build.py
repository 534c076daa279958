"""The family that a config names in, a model out."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from trainer.configuration.arch import ArchConfig, BigramConfig, GPTConfig
from trainer.errors import TrainerError
from trainer.models.bigram import Bigram
from trainer.models.gpt import GPT


def build_model(arch: ArchConfig, *, vocab_size: int, block_size: int) -> nn.Module:
    """A language model with fresh weights. Raises TrainerError for a family that is none."""
    if arch.name not in _LANGUAGE_MODELS:
        raise TrainerError(f"arch.name {arch.name!r} is no language model: {', '.join(_LANGUAGE_MODELS)} are")
    return _LANGUAGE_MODELS[arch.name](arch, vocab_size, block_size)


def _bigram(arch: ArchConfig, vocab_size: int, block_size: int) -> nn.Module:
    assert isinstance(arch, BigramConfig)
    return Bigram(vocab_size)


def _gpt(arch: ArchConfig, vocab_size: int, block_size: int) -> nn.Module:
    assert isinstance(arch, GPTConfig)
    return GPT(arch, vocab_size=vocab_size, block_size=block_size)


_LANGUAGE_MODELS: dict[str, Callable[[ArchConfig, int, int], nn.Module]] = {"bigram": _bigram, "gpt": _gpt}
