"""GPT-2 as `transformers` has it, behind the interface of our own models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers
from torch import Tensor

from trainer.configuration.arch import GPT2Config
from trainer.errors import TrainerError
from trainer.models.language_model import LanguageModel, Size, parameters_of

transformers.utils.logging.disable_progress_bar()


class GPT2(LanguageModel):
    """Logits (B, T, V) from tokens (B, T), T at most `block_size`."""

    def __init__(self, lm: transformers.GPT2LMHeadModel) -> None:
        super().__init__()
        self.lm = lm
        self.block_size = int(lm.config.n_positions)
        self.vocab_size = int(lm.config.vocab_size)

    @classmethod
    def pretrained(cls, arch: GPT2Config) -> GPT2:
        """The model of a local folder or of the hub, in fp32. Raises TrainerError when there is none."""
        try:
            config = transformers.AutoConfig.from_pretrained(arch.pretrained)
            if config.model_type != "gpt2":
                raise TrainerError(
                    f"arch.pretrained {arch.pretrained} is a {config.model_type} model: arch gpt2 takes GPT-2"
                )
            _set_dropout(config, arch.dropout)
            lm = transformers.GPT2LMHeadModel.from_pretrained(
                arch.pretrained, config=config, dtype=torch.float32
            )
        except (OSError, ValueError) as error:
            raise TrainerError(
                f"arch.pretrained {arch.pretrained!r} is neither a local folder with a model "
                f"nor to be had from the hub: {error}"
            ) from error
        return cls(lm)

    @classmethod
    def of(cls, blueprint: dict[str, Any], arch: GPT2Config) -> GPT2:
        """The same shape with fresh weights, from what a checkpoint keeps; its source may be gone."""
        config = transformers.GPT2Config.from_dict(blueprint)
        _set_dropout(config, arch.dropout)
        return cls(transformers.GPT2LMHeadModel(config))

    def blueprint(self) -> dict[str, Any]:
        """The configuration of `transformers` as plain types."""
        return dict(self.lm.config.to_dict())

    def size(self) -> Size:
        """The head counts, which is the embedding of tokens at once."""
        counted = parameters_of(self.lm) - parameters_of(self.lm.transformer.wpe)
        return Size(parameters=counted, layers=self.lm.config.n_layer, width=self.lm.config.n_embd)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the token after each."""
        logits: Tensor = self.lm(input_ids=tokens, use_cache=False).logits
        return logits

    def new_cache(self) -> transformers.DynamicCache:
        """That of `transformers`."""
        return transformers.DynamicCache(config=self.lm.config)

    def read(self, tokens: Tensor, cache: transformers.DynamicCache) -> Tensor:
        """Logits of the token after each, where a cache holds what came before."""
        logits: Tensor = self.lm(input_ids=tokens, past_key_values=cache, use_cache=True).logits
        return logits

    def export(self, folder: Path) -> None:
        """Write what `from_pretrained` reads."""
        self.lm.save_pretrained(folder)


def _set_dropout(config: Any, dropout: float) -> None:
    config.resid_pdrop = config.embd_pdrop = config.attn_pdrop = dropout
