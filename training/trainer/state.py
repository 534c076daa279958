"""All that the next step of a run depends on: out of its parts, and back into them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.distributed.fsdp import FSDPModule

from trainer.checkpointing import Checkpoint
from trainer.distributed import done_by_main, gathered, split_like, whole
from trainer.ema import MovingAverage
from trainer.errors import TrainerError
from trainer.operations import operate
from trainer.optimizer import load_optimizer
from trainer.rng import rng_state, seed_everything, set_rng_state
from trainer.run import Run
from trainer.weights import load_weights, weights_of


def save_checkpoint(run: Run, *, best: bool, extra_metadata: Mapping[str, object] | None = None) -> None:
    """Save everything that the next step depends on; rank 0 writes, and all ranks know how it went.

    `extra_metadata` are plain values by name, beside those of `checkpoint.metadata`: a run that goes on from
    here has them there. Raises TrainerError when a weight is no finite number or the disk refuses.
    """
    own = {
        "rng": rng_state(),
        "objective": whole(run.objective.state_dict()),
        "batches": run.batches.state_dict(),
    }
    ranks = gathered(own, run.ranks)
    if run.ranks.is_main or isinstance(run.model, FSDPModule):
        weights, trained = whole(weights_of(run.model)), whole(_trained_state(run))

    def write() -> None:
        _refuse_broken(run, weights)
        record = with_metadata(run.record, extra_metadata or {})
        state = {**trained, **_plain_state(run), "config": record, "ranks": ranks}
        path = run.checkpoints.save(run.progress.step, weights, state, run.tokenizer, best)
        run.reporter.say(f"saved {path}")

    done_by_main(write, run.ranks)


def with_metadata(record: dict[str, Any], extra: Mapping[str, object]) -> dict[str, Any]:
    """A configuration as a checkpoint keeps it, with more to be found there."""
    checkpoint = record["checkpoint"]
    return {**record, "checkpoint": {**checkpoint, "metadata": {**checkpoint["metadata"], **extra}}}


def _trained_state(run: Run) -> dict[str, Any]:
    """What has tensors that may be split over the ranks."""
    return {
        "optimizer": run.optimizer.state_dict(),
        "average": None if run.average is None else run.average.state_dict(),
    }


def _plain_state(run: Run) -> dict[str, Any]:
    """What is the same on all ranks."""
    return {
        "step": run.progress.step,
        "best_val_loss": run.progress.best_val_loss,
        "scaler": run.scaler.state_dict(),
        "scheduler": run.scheduler.state_dict(),
        "blueprint": run.blueprint,
        "torch": str(torch.__version__),
        "code": code_version(),
    }


def _refuse_broken(run: Run, weights: dict[str, Tensor]) -> None:
    """A step can leave weights that are no numbers though its loss was one: too large an update."""
    for name, _ in run.model.named_parameters():
        if name in weights and not torch.isfinite(weights[name]).all():
            raise TrainerError(
                f"after step {run.progress.step} the weight {name} has values that are no finite numbers; "
                "the last checkpoint before it is kept: go on from it with a smaller learning rate"
            )


@cache
def code_version() -> str:
    """SHA-256 of the source of the trainer: tells whether two runs had the same code."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def restore(run: Run, checkpoint: Checkpoint) -> None:
    """Take up a run where a checkpoint left it. Raises TrainerError when it is of another model."""
    state = checkpoint.state
    load_weights(run.model, checkpoint.weights, str(checkpoint.path))
    run.progress.step = state["step"]
    run.progress.best_val_loss = state["best_val_loss"]
    for line in run.scheduler.load_state_dict(state["scheduler"], partial(operate, run)):
        run.reporter.say(f"done before the checkpoint, and again now: {line}")
    _restore_optimizer(run, state["optimizer"], checkpoint.path)
    run.scaler.load_state_dict(state["scaler"])
    if run.average is not None:
        # An average that the checkpoint does not have starts at its weights.
        run.average.load_state_dict(state["average"] or MovingAverage(run.model, 0.0).state_dict())
    _restore_rank(run, state["ranks"])
    if state["code"] != code_version():
        run.reporter.say("the checkpoint is of another version of the trainer's code")


def _restore_optimizer(run: Run, saved: dict[str, Any], origin: Path) -> None:
    try:
        load_optimizer(run.optimizer, saved)
    except ValueError as error:
        here, there = (
            sum(len(group["params"]) for group in groups)
            for groups in (run.optimizer.param_groups, saved["param_groups"])
        )
        raise TrainerError(
            f"the optimizer state of {origin} is of {there} tensors in {len(saved['param_groups'])} groups, "
            f"this run optimises {here} in {len(run.optimizer.param_groups)}: what is trained has changed "
            "(lora); go on with what was trained then"
        ) from error
    for parameter, values in run.optimizer.state.items():
        for name, value in values.items():
            if isinstance(value, Tensor):
                values[name] = split_like(value, parameter)


def _restore_rank(run: Run, saved: list[dict[str, Any]]) -> None:
    """Take up what each rank had for itself: its generators, what its objective remembers, its batches.

    On another number of ranks there is nobody to give this to. The position in the data is the same for
    all ranks; generators are seeded for this step, and the objective starts with nothing remembered.
    """
    if len(saved) == run.ranks.world_size:
        own = saved[run.ranks.rank]
        run.objective.load_state_dict(own["objective"])
        run.batches.load_state_dict(own["batches"])
        set_rng_state(own["rng"])
        return
    run.reporter.say(
        f"the checkpoint is of {len(saved)} ranks, this run has {run.ranks.world_size}: random numbers are "
        "drawn anew, what the objective remembered of its batches is dropped, the data go on where they were"
    )
    run.batches.load_state_dict(saved[0]["batches"])
    seed_everything(run.config.seed, 1 + run.ranks.rank, run.progress.step)
