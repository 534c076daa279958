"""Reasoners and batches that are as small as they can be."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from trainer.configuration.arch import EncoderKind, Encoding, ETRMConfig, TRMConfig
from trainer.models.recursive.reasoner import ETRM, TRM, CachedETRM

VOCAB, CELLS, DEMONSTRATIONS = 5, 6, 3

SIZES: dict[str, Any] = {
    "hidden_size": 8,
    "num_heads": 2,
    "n_layer": 1,
    "H_cycles": 2,
    "L_cycles": 2,
    "context_len": 2,
    "halt_max_steps": 4,
}


def trm(**others: Any) -> TRM:
    """A reasoner with a vector for each of four rules."""
    torch.manual_seed(0)
    return TRM(TRMConfig(**SIZES, **others), vocab_size=VOCAB, seq_len=CELLS, identifiers=4)


def etrm(encoding: Encoding, encoder: EncoderKind = EncoderKind.standard) -> ETRM:
    """A reasoner with an encoder."""
    torch.manual_seed(0)
    layers = 1 if encoder is EncoderKind.hybrid else 0
    config = ETRMConfig(**SIZES, encoding=encoding, encoder=encoder, encoder_set_layers=layers)
    family = CachedETRM if encoding is Encoding.cached else ETRM
    return family(config, vocab_size=VOCAB, seq_len=CELLS)


def batch(rows: int, seed: int = 0) -> dict[str, Tensor]:
    """Random puzzles with everything that either family reads."""
    draw = torch.Generator().manual_seed(seed)

    def numbers(below: int, *shape: int) -> Tensor:
        return torch.randint(below, (rows, *shape), generator=draw)

    return {
        "inputs": numbers(VOCAB, CELLS),
        "labels": numbers(VOCAB, CELLS),
        "puzzle_identifiers": numbers(4),
        "demo_inputs": numbers(VOCAB, DEMONSTRATIONS, CELLS),
        "demo_labels": numbers(VOCAB, DEMONSTRATIONS, CELLS),
        "demo_mask": torch.ones(rows, DEMONSTRATIONS, dtype=torch.int64),
        "draws": torch.rand(rows, 3, generator=draw),
    }
