"""How good the model is now: its losses on data that it trains on and on data that it never sees."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from trainer.configuration.schema import Precision
from trainer.data.batches import BatchSource
from trainer.device import autocast
from trainer.distributed import Ranks, gathered_by_all, whole
from trainer.metrics import Sums, add, means
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
            found = {
                split: means(
                    _sums(model, objective, sources[split], iters, batch_size, ranks, device, precision),
                    Ranks(),
                )
                for split in SPLITS
            }
            return {split: {**measured, **objective.derived(measured)} for split, measured in found.items()}
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
) -> Sums:
    """The metrics over all ranks; rank `r` of `w` measures batches `r, r + w, …`.

    Batches are added in their order, so the number of ranks makes no difference. All ranks call the model
    equally often, as a model that is split over them demands: one that has no batch left measures the last
    again, for nothing.
    """
    own: dict[int, Sums] = {}
    for first in range(0, iters, ranks.world_size):
        index = first + ranks.rank
        chosen = source.batch(min(index, iters - 1), batch_size)
        batch = {name: value.to(device) for name, value in chosen.items()}
        with autocast(precision, device):
            measured = objective.measure(model, batch)
        if index < iters:
            add(own.setdefault(index, {}), measured)
    found = {index: sums for part in gathered_by_all(whole(own), ranks) for index, sums in part.items()}
    total: Sums = {}
    for index in range(iters):
        for name, both in found[index].items():
            total[name] = total[name] + both if name in total else both
    return total
