"""The family that a config names in, a model out."""

from __future__ import annotations

from typing import Any

from trainer.configuration.arch import ArchConfig, BigramConfig, GPT2Config, GPTConfig
from trainer.errors import TrainerError
from trainer.models.bigram import Bigram
from trainer.models.gpt import GPT
from trainer.models.language_model import LanguageModel


def build_model(
    arch: ArchConfig, *, vocab_size: int, block_size: int, blueprint: dict[str, Any] | None = None
) -> LanguageModel:
    """A language model with fresh or pretrained weights.

    `blueprint` is what a checkpoint keeps of the model (`LanguageModel.blueprint`): the shape is then its.
    Raises TrainerError for a family that is none, or a vocabulary larger than a pretrained model's.
    """
    match arch:
        case BigramConfig():
            return Bigram(vocab_size)
        case GPTConfig():
            return GPT(
                arch, vocab_size=vocab_size, block_size=(blueprint or {}).get("block_size", block_size)
            )
        case GPT2Config():
            return _gpt2(arch, vocab_size, blueprint)
    raise TrainerError(f"arch.name {arch.name!r} is no language model: bigram, gpt and gpt2 are")


def _gpt2(arch: GPT2Config, vocab_size: int, blueprint: dict[str, Any] | None) -> LanguageModel:
    # `transformers` takes seconds to import: only runs that use it pay.
    from trainer.models.gpt2 import GPT2

    model = GPT2.of(blueprint, arch) if blueprint else GPT2.pretrained(arch)
    if vocab_size > model.vocab_size:
        raise TrainerError(
            f"the tokenizer has {vocab_size} tokens, the pretrained model {arch.pretrained} knows "
            f"{model.vocab_size}: take the tokenizer that belongs to the model (data.tokenizer.name)"
        )
    return model
