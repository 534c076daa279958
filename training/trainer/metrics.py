"""Numbers of single batches in, their means over batches and ranks out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from trainer.device import widest
from trainer.distributed import Ranks, sum_over_ranks

#: `[sum, count]` by the name of a metric, as wide as the device has it.
Sums = dict[str, Tensor]


def add(sums: Sums, metrics: Mapping[str, tuple[Tensor, Tensor]]) -> None:
    """Take the `(sum, count)` of one batch in."""
    for name, (total, count) in metrics.items():
        wide = widest(total.device)
        both = torch.stack((total.to(wide), count.to(wide))).detach()
        sums[name] = sums[name] + both if name in sums else both


def means(sums: Sums, ranks: Ranks) -> dict[str, float]:
    """Sum by count over all ranks, which all have the same names; NaN where nothing was counted."""
    reduced = {name: sum_over_ranks(sums[name].clone(), ranks).tolist() for name in sorted(sums)}
    return {name: total / count if count else math.nan for name, (total, count) in reduced.items()}
