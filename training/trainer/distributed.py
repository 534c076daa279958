"""The processes of one run: who this one is, and what they tell each other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from trainer.configuration.schema import Distribution
from trainer.errors import TrainerError

T = TypeVar("T")


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


def micro_steps_of_rank(accumulation: int, ranks: Ranks) -> int:
    """The micro-steps of an optimizer step that one rank takes. Raises TrainerError for unequal shares."""
    if accumulation % ranks.world_size:
        raise TrainerError(
            f"optim.gradient_accumulation_steps {accumulation} does not divide by the {ranks.world_size} "
            "ranks: each takes an equal share of the micro-steps"
        )
    return accumulation // ranks.world_size


@contextmanager
def process_group(timeout_seconds: float) -> Iterator[Ranks]:
    """Join the processes that torchrun started, alone without it; leave them cleanly at the end.

    Raises TrainerError when another process is gone, or answers nothing for `timeout_seconds`.
    """
    if "RANK" not in os.environ:
        yield Ranks()
        return
    local_rank = int(os.environ["LOCAL_RANK"])
    if torch.cuda.is_available():
        torch.cuda.set_device(local_rank % torch.cuda.device_count())
    # Objects travel over the CPU also where tensors travel between GPUs.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    with _lost_connections():
        dist.init_process_group(backend, timeout=timedelta(seconds=timeout_seconds))
    try:
        with _lost_connections():
            yield Ranks(rank=dist.get_rank(), local_rank=local_rank, world_size=dist.get_world_size())
            # Who leaves first takes the connections with it that others may still use.
            dist.barrier()
    finally:
        dist.destroy_process_group()


@contextmanager
def _lost_connections() -> Iterator[None]:
    """Say in words that another process is gone; gloo raises plain RuntimeErrors for it."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, dist.DistError) or any(name in str(error) for name in ("gloo", "NCCL")):
            raise TrainerError(
                f"another process of the run is gone or does not answer: {str(error).splitlines()[0]}; "
                "the last checkpoint is whole, start all processes again to go on from it"
            ) from error
        raise


def split(model: nn.Module, kind: Distribution, ranks: Ranks, device: torch.device) -> None:
    """Split the parameters of a model over the ranks (FSDP2), where that is asked for.

    Each module of a list is split for itself, so that one of them is whole at a time.
    """
    if kind is not Distribution.fsdp or ranks.world_size == 1:
        return
    mesh = init_device_mesh(device.type, (ranks.world_size,))
    for module in list(model.modules()):
        if isinstance(module, nn.ModuleList):
            for part in module:
                fully_shard(part, mesh=mesh)
    # Split again also after the forward pass of an evaluation, which no backward pass follows.
    fully_shard(model, mesh=mesh, reshard_after_forward=True)


def wrapped(model: nn.Module, ranks: Ranks, device: torch.device, compiled: bool) -> nn.Module:
    """The model as it is called in training: its backward pass averages gradients over all ranks."""
    forward: nn.Module = torch.compile(model) if compiled else model  # type: ignore[assignment]  # of a module it makes a module
    if ranks.world_size == 1 or isinstance(model, FSDPModule):
        return forward
    return DistributedDataParallel(forward, device_ids=[device.index] if device.type == "cuda" else None)


@contextmanager
def no_sync_but_last(forward: nn.Module, model: nn.Module, last: bool) -> Iterator[None]:
    """Gradients travel with the last micro-step only; the others add up where they are."""
    if isinstance(model, FSDPModule):
        model.set_requires_gradient_sync(last)
    quiet: AbstractContextManager[None] = (
        forward.no_sync() if isinstance(forward, DistributedDataParallel) and not last else nullcontext()
    )
    with quiet:
        yield


def sum_over_ranks(value: Tensor, ranks: Ranks) -> Tensor:
    """The sum of a tensor over all ranks, on each of them."""
    if ranks.world_size > 1:
        dist.all_reduce(value)
    return value


def largest_over_ranks(value: int, ranks: Ranks) -> int:
    """The largest of a number over all ranks, on each of them; over the CPU, so that no GPU is waited for."""
    if ranks.world_size == 1:
        return value
    found = torch.tensor(value)
    dist.all_reduce(found, dist.ReduceOp.MAX)
    return int(found)


def gathered(value: Any, ranks: Ranks) -> list[Any] | None:
    """The value of each rank, in the order of the ranks, on rank 0; None on the others."""
    if ranks.world_size == 1:
        return [value]
    found: list[Any] | None = [None] * ranks.world_size if ranks.is_main else None
    dist.gather_object(value, found)
    return found


def gathered_by_all(value: Any, ranks: Ranks) -> list[Any]:
    """The value of each rank, in the order of the ranks, on all of them."""
    if ranks.world_size == 1:
        return [value]
    found: list[Any] = [None] * ranks.world_size
    dist.all_gather_object(found, value)
    return found


def told_by_main(value: Any, ranks: Ranks) -> Any:
    """What rank 0 has, on all ranks."""
    if ranks.world_size == 1:
        return value
    box = [value]
    dist.broadcast_object_list(box)
    return box[0]


def done_by_main(do: Callable[[], T], ranks: Ranks) -> T | None:
    """What `do` gives on rank 0, None on the others; TrainerError on all ranks when it fails there."""
    result, failure = None, None
    if ranks.is_main:
        try:
            result = do()
        except (TrainerError, OSError) as error:
            failure = str(error)
    failure = told_by_main(failure, ranks)
    if failure is not None:
        raise TrainerError(failure)
    return result


def whole(value: Any) -> Any:
    """Nested dicts, lists and tuples with each tensor whole, on the CPU, without its history.

    All ranks must ask for the same at the same time: parts of split tensors come from each of them.
    """
    if isinstance(value, Tensor):
        value = value.detach()
        return (value.full_tensor() if isinstance(value, DTensor) else value).cpu()
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(whole(part) for part in value)
    return value


def split_like(value: Tensor, like: Tensor) -> Tensor:
    """A whole tensor, split over the ranks as another one is; itself where that one is whole too."""
    if not isinstance(like, DTensor) or isinstance(value, DTensor) or value.shape != like.shape:
        return value
    return distribute_tensor(value.to(like.device), like.device_mesh, like.placements, src_data_rank=None)
