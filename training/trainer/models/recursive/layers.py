"""The network that recursive reasoners and their encoders are made of.

Shapes are written B (batch), S (places), C (width), H (heads).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def rms_norm(x: Tensor) -> Tensor:
    """Divide by the root mean square over the width; no learned scale (Zhang and Sennrich 2019)."""
    return F.rms_norm(x, (x.shape[-1],), eps=1e-5)


def truncated_normal(tensor: Tensor, std: float) -> Tensor:
    """Fill with a normal distribution that is cut at two deviations; the deviation is that before the cut."""
    return nn.init.trunc_normal_(tensor, std=std, a=-2 * std, b=2 * std)


def linear(inputs: int, outputs: int, *, bias: bool = False) -> nn.Linear:
    """A linear layer with the weights of LeCun (deviation 1 / sqrt(inputs)) and bias 0."""
    layer = nn.Linear(inputs, outputs, bias=bias)
    truncated_normal(layer.weight, 1.0 / math.sqrt(inputs))
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class Attention(nn.Module):
    """Self-attention in all directions."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = linear(width, 3 * width)
        self.proj = linear(width, width)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, S, C) to (B, S, C); `mask` (B, S) is true where a place may be looked at."""
        batch, places, width = x.shape
        q, k, v = (
            part.view(batch, places, self.heads, width // self.heads).transpose(1, 2)
            for part in self.qkv(x).split(width, -1)
        )
        seen = None if mask is None else mask[:, None, None, :]
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        out: Tensor = self.proj(y.transpose(1, 2).reshape(batch, places, width))
        return out


class SwiGLU(nn.Module):
    """A gated perceptron (Shazeer 2020)."""

    def __init__(self, width: int, expansion: float) -> None:
        super().__init__()
        # Two thirds, so that three matrices have the parameters of two that are `expansion` wide.
        inner = max(1, round(width * expansion * 2 / 3))
        self.gate_up = linear(width, 2 * inner)
        self.down = linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, C) to (B, S, C)."""
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        out: Tensor = self.down(F.silu(gate) * up)
        return out


class Block(nn.Module):
    """Attention, then a perceptron; each is normalised after it was added (post-norm, as in HRM and TRM)."""

    def __init__(self, width: int, heads: int, expansion: float) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.mlp = SwiGLU(width, expansion)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, S, C) to (B, S, C)."""
        x = rms_norm(x + self.attention(x, mask))
        return rms_norm(x + self.mlp(x))


class Network(nn.Module):
    """Blocks in a row."""

    def __init__(self, layers: int, width: int, heads: int, expansion: float) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width, heads, expansion) for _ in range(layers))

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """(B, S, C) to (B, S, C)."""
        for block in self.blocks:
            x = block(x, mask)
        return x


class Embedding(nn.Module):
    """Tokens and where they stand, of unit size in both."""

    def __init__(self, vocab_size: int, places: int, width: int) -> None:
        super().__init__()
        self.scale = math.sqrt(width)
        self.tokens = nn.Embedding(vocab_size, width)
        self.positions = nn.Parameter(torch.empty(places, width))
        for weight in (self.tokens.weight, self.positions):
            truncated_normal(weight, 1.0 / self.scale)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, S) to (B, S, C)."""
        out: Tensor = self.scale * (self.tokens(tokens) + self.positions) / math.sqrt(2)
        return out
