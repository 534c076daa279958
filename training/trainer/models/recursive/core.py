"""The recursion: two latent states, refined in turn by one small network.

After "Less is More: Recursive Reasoning with Tiny Networks" (Jolicoeur-Martineau 2025): `high`
(z_H there) is the present answer, `low` (z_L) the reasoning beside it; `L_cycles` times the network refines
the reasoning from question, answer and reasoning, then once the answer from both; that is one of `H_cycles`.
Shapes: B (batch), K (places of the context), T (cells), S = K + T, C (width), V (vocabulary).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.configuration.arch import RecursiveConfig
from trainer.models.recursive.latents import Latents
from trainer.models.recursive.layers import Embedding, Network, linear, truncated_normal


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one step says."""

    #: (B, T, V)
    logits: Tensor
    #: (B,): above 0 where the answer is held to be right.
    q_halt: Tensor


class RecursiveCore(nn.Module):
    """One step of reasoning on cells (B, T) under a context (B, K, C) that says which rule they follow."""

    def __init__(self, config: RecursiveConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__()
        width = config.hidden_size
        self.config = config
        self.cells = Embedding(vocab_size, seq_len, width)
        self.context_positions = nn.Parameter(torch.zeros(config.context_len, width))
        self.network = Network(config.n_layer, width, config.num_heads, config.expansion)
        self.head = linear(width, vocab_size)
        self.q_head = nn.Linear(width, 1)
        # "Go on" at first: early training sees many steps of each puzzle.
        nn.init.zeros_(self.q_head.weight)
        nn.init.constant_(self.q_head.bias, -5.0)
        self.first_high: Tensor
        self.first_low: Tensor
        self.register_buffer("first_high", truncated_normal(torch.empty(width), 1.0))
        self.register_buffer("first_low", truncated_normal(torch.empty(width), 1.0))

    def first(self, rows: int) -> Latents:
        """The states that every puzzle starts from."""
        shape = (rows, self.config.context_len + len(self.cells.positions), self.config.hidden_size)
        return Latents(high=self.first_high.expand(shape), low=self.first_low.expand(shape))

    def forward(self, latents: Latents, context: Tensor, cells: Tensor) -> tuple[Latents, Answer]:
        """One step. Gradients flow through its last high cycle alone, and never into the step before."""
        question = torch.cat((context + self.context_positions, self.cells(cells)), dim=1)
        high, low = latents.high, latents.low
        with torch.no_grad():
            for _ in range(self.config.H_cycles - 1):
                high, low = self._cycle(high, low, question)
        # Older torch would use the casts of weights again that autocast made above, which have no graph.
        torch.clear_autocast_cache()
        high, low = self._cycle(high, low, question)
        answer = Answer(
            logits=self.head(high[:, self.config.context_len :]), q_halt=self.q_head(high[:, 0]).squeeze(-1)
        )
        return Latents(high=high.detach(), low=low.detach()), answer

    def _cycle(self, high: Tensor, low: Tensor, question: Tensor) -> tuple[Tensor, Tensor]:
        for _ in range(self.config.L_cycles):
            low = self.network(low + high + question)
        return self.network(high + low), low
