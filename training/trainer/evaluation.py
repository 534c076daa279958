"""How good the model is now: its losses on data that it trains on and on data that it never sees."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from trainer.configuration.schema import Precision
from trainer.data.batches import BatchSource
from trainer.device import autocast
from trainer.distributed import Ranks, sum_over_ranks
from trainer.objective import Objective
from trainer.rng import untouched_rng

SPLITS = ("train", "val")


@torch.no_grad()
def evaluate(
    model: nn.Module,
    objective: Objective,
    sources: Mapping[str, BatchSource],
    *,
    iters: int,
    batch_size: int,
    ranks: Ranks,
    device: torch.device,
    precision: Precision,
) -> dict[str, dict[str, float]]:
    """The mean of each metric over `iters` batches of each split, `train` and `val`, over all ranks.

    The batches are the same each time, so two evaluations differ by the model alone. The model is in
    evaluation mode inside and as it was after; nothing is drawn from the generators that training uses.
    """
    was_training = model.training
    model.eval()
    try:
        with untouched_rng():
            return {
                split: _means(
                    _sums(model, objective, sources[split], iters, batch_size, ranks, device, precision)
                )
                for split in SPLITS
            }
    finally:
        model.train(was_training)


def estimate_loss(measured: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The mean loss of each split: `{"train": …, "val": …}`."""
    return {split: measured[split]["loss"] for split in SPLITS}


def _sums(
    model: nn.Module,
    objective: Objective,
    source: BatchSource,
    iters: int,
    batch_size: int,
    ranks: Ranks,
    device: torch.device,
    precision: Precision,
) -> dict[str, Tensor]:
    """`[sum, count]` of each metric; rank `r` of `w` measures batches `r, r + w, …`."""
    sums: dict[str, Tensor] = {}
    for index in range(ranks.rank, iters, ranks.world_size):
        batch = {name: value.to(device) for name, value in source.batch(index, batch_size).items()}
        with autocast(precision, device):
            measured = objective.measure(model, batch)
        for name, (total, count) in measured.items():
            both = torch.stack((total, count)).double()
            sums[name] = sums[name] + both if name in sums else both
    return {name: sum_over_ranks(both, ranks) for name, both in sorted(sums.items())}


def _means(sums: dict[str, Tensor]) -> dict[str, float]:
    return {name: float(total / count) if count else math.nan for name, (total, count) in sums.items()}
