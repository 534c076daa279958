"""Demonstrations in, the context of the reasoning core out.

Shapes are written B (batch), D (demonstrations), T (cells), K (places of the context), C (width).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from trainer.configuration.arch import EncoderKind, ETRMConfig
from trainer.models.recursive.layers import Embedding, Network, linear, rms_norm, truncated_normal


class DemonstrationReader(nn.Module):
    """One vector for each demonstration: a transformer over question and answer in a row, averaged."""

    def __init__(self, config: ETRMConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__()
        width = config.hidden_size
        self.cells = Embedding(vocab_size, 2 * seq_len, width)
        self.network = Network(config.encoder_layers, width, config.num_heads, config.expansion)

    def forward(self, inputs: Tensor, labels: Tensor) -> Tensor:
        """(B, D, T) twice to (B, D, C)."""
        batch, demonstrations, _ = inputs.shape
        read: Tensor = self.network(self.cells(torch.cat((inputs, labels), dim=-1).flatten(0, 1)))
        return read.mean(1).view(batch, demonstrations, read.shape[-1])


class StandardEncoder(nn.Module):
    """Reads each demonstration by itself; their mean says what the rule is."""

    def __init__(self, config: ETRMConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__()
        self.places = config.context_len
        self.reader = DemonstrationReader(config, vocab_size=vocab_size, seq_len=seq_len)
        self.head = linear(config.hidden_size, config.context_len * config.hidden_size, bias=True)

    def forward(self, inputs: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """(B, D, T) twice and (B, D) to (B, K, C); what the mask leaves out has no influence."""
        weights = mask.to(self.head.weight.dtype).unsqueeze(-1)
        mean = (self.reader(inputs, labels) * weights).sum(1) / weights.sum(1)
        out: Tensor = self.head(mean)
        return rms_norm(out.view(len(out), self.places, mean.shape[-1]))


class HybridEncoder(nn.Module):
    """Lets the demonstrations look at each other, and each place of the context ask them for its part."""

    def __init__(self, config: ETRMConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__()
        width = config.hidden_size
        self.reader = DemonstrationReader(config, vocab_size=vocab_size, seq_len=seq_len)
        self.queries = nn.Parameter(truncated_normal(torch.empty(config.context_len, width), 1.0))
        self.network = Network(config.encoder_set_layers, width, config.num_heads, config.expansion)

    def forward(self, inputs: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """(B, D, T) twice and (B, D) to (B, K, C); what the mask leaves out has no influence."""
        batch, places = len(inputs), len(self.queries)
        read = self.reader(inputs, labels)
        # A set has no order: queries and demonstrations stand in one row without positions.
        row = torch.cat((self.queries.expand(batch, -1, -1).to(read.dtype), read), dim=1)
        seen = torch.cat((mask.new_ones(batch, places), mask), dim=1).bool()
        out: Tensor = self.network(row, seen)
        return out[:, :places]


def build_encoder(config: ETRMConfig, *, vocab_size: int, seq_len: int) -> nn.Module:
    """The encoder that the config names."""
    return _ENCODERS[config.encoder](config, vocab_size=vocab_size, seq_len=seq_len)


_ENCODERS: dict[EncoderKind, Callable[..., nn.Module]] = {
    EncoderKind.standard: StandardEncoder,
    EncoderKind.hybrid: HybridEncoder,
}
