"""The processes of one run: who this one is, and what they tell each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True, kw_only=True)
class Ranks:
    """One process among those of the run."""

    rank: int = 0
    local_rank: int = 0
    world_size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process writes logs and checkpoints."""
        return self.rank == 0


@contextmanager
def process_group(device: torch.device) -> Iterator[Ranks]:
    """Join the processes that torchrun started, alone without it; leave them cleanly at the end."""
    if "RANK" not in os.environ:
        yield Ranks()
        return
    local_rank = int(os.environ["LOCAL_RANK"])
    if device.type == "cuda":
        torch.cuda.set_device(local_rank)
    # Objects travel over the CPU also where tensors travel between GPUs.
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo")
    try:
        yield Ranks(rank=dist.get_rank(), local_rank=local_rank, world_size=dist.get_world_size())
        # Who leaves first takes the connections with it that others may still use.
        dist.barrier()
    finally:
        dist.destroy_process_group()


def wrapped(model: nn.Module, ranks: Ranks, device: torch.device) -> nn.Module:
    """The model whose backward averages gradients over all ranks; itself when there is one."""
    if ranks.world_size == 1:
        return model
    return DistributedDataParallel(model, device_ids=[device.index] if device.type == "cuda" else None)


def no_sync_but_last(model: nn.Module, last: bool) -> AbstractContextManager[None]:
    """Gradients travel with the last micro-step only; the others add up where they are."""
    if last or not isinstance(model, DistributedDataParallel):
        return nullcontext()
    synced: AbstractContextManager[None] = model.no_sync()
    return synced


def sum_over_ranks(value: Tensor, ranks: Ranks) -> Tensor:
    """The sum of a tensor over all ranks, on each of them."""
    if ranks.world_size > 1:
        dist.all_reduce(value)
    return value


def gathered(value: Any, ranks: Ranks) -> list[Any] | None:
    """The value of each rank, in the order of the ranks, on rank 0; None on the others.

    Tensors inside arrive on the CPU.
    """
    value = on_cpu(value)
    if ranks.world_size == 1:
        return [value]
    found: list[Any] | None = [None] * ranks.world_size if ranks.is_main else None
    dist.gather_object(value, found)
    return found


def on_cpu(value: Any) -> Any:
    """Nested dicts, lists and tuples with each tensor on the CPU, without its history."""
    if isinstance(value, Tensor):
        return value.detach().cpu()
    if isinstance(value, dict):
        return {name: on_cpu(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(on_cpu(part) for part in value)
    return value


def barrier(ranks: Ranks) -> None:
    """Wait until all ranks are here."""
    if ranks.world_size > 1:
        dist.barrier()
