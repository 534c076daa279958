"""The recursive reasoners: puzzles and a carry in, the answers of some steps and the next carry out.

Shapes are written B (batch), D (demonstrations), T (cells), K (places of the context), C (width).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from trainer.act import Carry, where_rows
from trainer.configuration.arch import ETRMConfig, RecursiveConfig, TRMConfig
from trainer.data.batches import Batch
from trainer.models.recursive.core import Answer, RecursiveCore
from trainer.models.recursive.encoders import build_encoder
from trainer.models.recursive.latents import Latents


class RecursiveReasoner(nn.Module, ABC):
    """Steps of reasoning over rows that may be at different steps of different puzzles."""

    def __init__(self, config: RecursiveConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__()
        self.core = RecursiveCore(config, vocab_size=vocab_size, seq_len=seq_len)

    def forward(self, batch: Batch, carry: Carry | None, steps: int) -> tuple[Carry, list[Answer]]:
        """`steps` steps of every row.

        Rows that had halted, all of them where there is no carry, start on the batch's puzzles.
        `inputs` and `labels` are (B, T). No row of the carry that is returned has halted: whoever knows
        when to halt says so in it.
        """
        rows = len(batch["inputs"])
        started = batch["inputs"].new_ones(rows, dtype=torch.bool) if carry is None else carry.halted
        puzzles, latents, spent = self._taken(batch, carry, started)
        remembered = self.remembered(puzzles, started, None if carry is None else carry.context)
        answers = []
        for _ in range(steps):
            latents, answer = self.core(latents, self.context(puzzles, remembered), puzzles["inputs"])
            answers.append(answer)
        after = Carry(
            latents=latents,
            steps=spent + steps,
            halted=torch.zeros_like(started),
            puzzles=puzzles,
            context=None if remembered is None else remembered.detach(),
        )
        return after, answers

    def _taken(self, batch: Batch, carry: Carry | None, started: Tensor) -> tuple[Batch, Latents, Tensor]:
        """The puzzles that the rows work on, the states that they are in, and the steps they took."""
        first = self.core.first(len(started))
        new = {name: batch[name] for name in ("inputs", "labels", *self.puzzle_keys)}
        if carry is None:
            return new, first, torch.zeros_like(started, dtype=torch.int64)
        puzzles = {name: where_rows(started, value, carry.puzzles[name]) for name, value in new.items()}
        latents = Latents(
            high=where_rows(started, first.high, carry.latents.high),
            low=where_rows(started, first.low, carry.latents.low),
        )
        return puzzles, latents, torch.where(started, 0, carry.steps)

    #: What the model reads of a puzzle beside `inputs` and `labels`.
    puzzle_keys: tuple[str, ...]

    def remembered(self, puzzles: Batch, started: Tensor, before: Tensor | None) -> Tensor | None:
        """What is kept of the rule from step to step, (B, K, C); nothing, where it is asked at every step."""
        return None

    @abstractmethod
    def context(self, puzzles: Batch, remembered: Tensor | None) -> Tensor:
        """The rule of each row at one step, (B, K, C)."""


class TRM(RecursiveReasoner):
    """A rule is a learned vector under its puzzle's identifier; 0 at first, so that all start alike."""

    puzzle_keys = ("puzzle_identifiers",)

    def __init__(self, config: TRMConfig, *, vocab_size: int, seq_len: int, identifiers: int) -> None:
        super().__init__(config, vocab_size=vocab_size, seq_len=seq_len)
        self.places = config.context_len
        self.scale = math.sqrt(config.hidden_size)
        self.puzzle_embedding = nn.Embedding(identifiers, config.context_len * config.hidden_size)
        nn.init.zeros_(self.puzzle_embedding.weight)

    def context(self, puzzles: Batch, remembered: Tensor | None) -> Tensor:
        """Looked up."""
        found: Tensor = self.puzzle_embedding(puzzles["puzzle_identifiers"])
        return self.scale * found.view(len(found), self.places, -1)


class ETRM(RecursiveReasoner):
    """A rule is read from demonstrations at every step: each step teaches the encoder."""

    puzzle_keys = ("demo_inputs", "demo_labels", "demo_mask")

    def __init__(self, config: ETRMConfig, *, vocab_size: int, seq_len: int) -> None:
        super().__init__(config, vocab_size=vocab_size, seq_len=seq_len)
        self.encoder = build_encoder(config, vocab_size=vocab_size, seq_len=seq_len)

    def context(self, puzzles: Batch, remembered: Tensor | None) -> Tensor:
        """Encoded."""
        encoded: Tensor = self.encoder(*(puzzles[name] for name in self.puzzle_keys))
        return encoded


class CachedETRM(ETRM):
    """A rule is read from demonstrations once, when a row starts on a puzzle.

    Cheaper; but what is kept in the carry has no graph, so that only the forward in which a puzzle starts
    teaches the encoder, and later steps reason on what an older encoder said.
    """

    def remembered(self, puzzles: Batch, started: Tensor, before: Tensor | None) -> Tensor | None:
        """Encoded for rows that start, as it was for the others."""
        # A carry that re-encoding left has nothing for any row.
        rows = (torch.ones_like(started) if before is None else started).nonzero().squeeze(-1)
        # Also without any row: all ranks must have a gradient, if of 0, for every parameter.
        encoded: Tensor = self.encoder(*(puzzles[name][rows] for name in self.puzzle_keys))
        if before is None:
            before = encoded.new_zeros(len(started), *encoded.shape[1:])
        return before.to(encoded.dtype).index_put((rows,), encoded)

    def context(self, puzzles: Batch, remembered: Tensor | None) -> Tensor:
        """As remembered."""
        assert remembered is not None
        return remembered
