"""What processes do together, by the name of the call, and what it means where it is gone."""

from __future__ import annotations

from trainlint.diagnostic import Severity

#: What is said of something that is gone, what it does to a run, and how bad that is.
Lost = tuple[str, str, Severity]

_WRAPPED: Lost = (
    "the model is not wrapped any more",
    "gradients are never exchanged: each process trains a model of its own on its share of the data",
    Severity.ERROR,
)
#: What goes with the micro steps.
EXCHANGED: Lost = (
    "gradients are exchanged at each micro step",
    "each backward pass waits for all processes, where the reference exchanges gradients once for each step",
    Severity.WARNING,
)
LOST: dict[str, Lost] = {
    "init_process_group": (
        "the processes are never joined",
        "each process trains for itself",
        Severity.ERROR,
    ),
    "DistributedDataParallel": _WRAPPED,
    "fully_shard": _WRAPPED,
    "DistributedSampler": (
        "the data are not shared among the processes any more",
        "each process goes through all of the data: an epoch is as many times longer as there are processes",
        Severity.ERROR,
    ),
    "set_epoch": (
        "the sampler is not told the epoch any more",
        "each epoch goes through the data in the same order",
        Severity.ERROR,
    ),
    "no_sync": EXCHANGED,
    "require_backward_grad_sync": EXCHANGED,
    "barrier": (
        "the processes do not wait for each other any more",
        "one process may read what another has not written yet, or leave while others are still at work",
        Severity.WARNING,
    ),
    "destroy_process_group": (
        "the process group is not left any more",
        "processes may end while others still wait for them: a warning, or a run that hangs at its end",
        Severity.WARNING,
    ),
}
#: What goes with something else that is lost, which is told of alone.
WITH = {
    "init_process_group": {*LOST, "broadcast", "all_reduce", "gather", "all_gather", "reduce"},
    "DistributedDataParallel": {"no_sync", "require_backward_grad_sync"},
    "DistributedSampler": {"set_epoch"},
}
#: What stands in for another of its kind.
WRAPPERS = {"DistributedDataParallel", "fully_shard", "FullyShardedDataParallel", "prepare"}
