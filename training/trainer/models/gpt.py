"""A decoder-only transformer in the shape of GPT-2: pre-norm, learned positions, tied embeddings.

Shapes are written B (batch), T (time), C (width), H (heads), V (vocabulary).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from trainer.configuration.arch import GPTConfig
from trainer.models.language_model import LanguageModel, Size, parameters_of


class KeyValues:
    """Keys and values of one layer for the tokens that were read; each (B, H, T, C / H)."""

    def __init__(self) -> None:
        self.keys: Tensor | None = None
        self.values: Tensor | None = None

    def extended(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Take in those of new tokens; those of all."""
        if self.keys is not None and self.values is not None:
            keys, values = torch.cat((self.keys, keys), 2), torch.cat((self.values, values), 2)
        self.keys, self.values = keys, values
        return keys, values


class GPTCache:
    """Keys and values of all layers."""

    def __init__(self, layers: int) -> None:
        self.layers = [KeyValues() for _ in range(layers)]

    def get_seq_length(self) -> int:
        """How many tokens were read."""
        keys = self.layers[0].keys
        return 0 if keys is None else keys.shape[2]


class Attention(nn.Module):
    """Causal self-attention of all heads at once."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.heads = config.n_head
        self.dropout = config.dropout
        self.qkv = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x: Tensor, past: KeyValues | None = None) -> Tensor:
        """(B, T, C) to (B, T, C); a position sees itself and what came before, `past` included.

        With tokens in `past`, T is 1: the mask of several rows after a past would be another.
        """
        batch, time, width = x.shape
        q, k, v = (
            part.view(batch, time, self.heads, -1).transpose(1, 2) for part in self.qkv(x).split(width, -1)
        )
        if past is not None:
            k, v = past.extended(k, v)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=past is None or time > 1)
        out: Tensor = self.proj(y.transpose(1, 2).reshape(batch, time, width))
        return F.dropout(out, self.dropout, self.training)


class Block(nn.Module):
    """Attention, then four times as wide a perceptron; both beside the residual stream."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.attention = Attention(config)
        self.norm_2 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.up = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.down = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)
        self.dropout = config.dropout

    def forward(self, x: Tensor, past: KeyValues | None = None) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        x = x + self.attention(self.norm_1(x), past)
        # The tanh form is GPT-2's own.
        hidden = self.down(F.gelu(self.up(self.norm_2(x)), approximate="tanh"))
        return x + F.dropout(hidden, self.dropout, self.training)


class GPT(LanguageModel):
    """Logits (B, T, V) from tokens (B, T), T at most `block_size`."""

    def __init__(self, config: GPTConfig, *, vocab_size: int, block_size: int) -> None:
        super().__init__()
        self.block_size = block_size
        self.dropout = config.dropout
        self.tokens = nn.Embedding(vocab_size, config.n_embd)
        self.positions = nn.Embedding(block_size, config.n_embd)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.norm = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.head = nn.Linear(config.n_embd, vocab_size, bias=False)
        self.head.weight = self.tokens.weight
        self.apply(_initialise)
        # GPT-2, section 2.3: what is added to the residual stream is scaled by 1 / sqrt(number of additions).
        for name, parameter in self.named_parameters():
            if name.endswith(("proj.weight", "down.weight")):
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * config.n_layer))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the token after each."""
        return self.read(tokens, None)

    def new_cache(self) -> GPTCache:
        """One for each layer."""
        return GPTCache(len(self.blocks))

    def read(self, tokens: Tensor, cache: GPTCache | None) -> Tensor:
        """Logits of the token after each, where a cache holds what came before."""
        first = 0 if cache is None else cache.get_seq_length()
        places = torch.arange(first, first + tokens.shape[1], device=tokens.device)
        x = F.dropout(self.tokens(tokens) + self.positions(places), self.dropout, self.training)
        for number, block in enumerate(self.blocks):
            x = block(x, None if cache is None else cache.layers[number])
        logits: Tensor = self.head(self.norm(x))
        return logits

    def size(self) -> Size:
        """The head counts, which is the embedding of tokens at once."""
        counted = parameters_of(self) - parameters_of(self.positions)
        return Size(parameters=counted, layers=len(self.blocks), width=self.tokens.embedding_dim)

    def blueprint(self) -> dict[str, Any]:
        """How many positions it knows: a later session may train it on shorter windows."""
        return {"block_size": self.block_size}


def _initialise(module: nn.Module) -> None:
    """Normal weights of deviation 0.02, biases 0."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
