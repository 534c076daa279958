"""The one training loop, for fresh and resumed runs alike."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from trainer.checkpointing import CheckpointStore
from trainer.configuration.schema import RunConfig
from trainer.data.batches import BatchManager, BatchSource
from trainer.device import autocast, widest
from trainer.distributed import Ranks, gathered, no_sync_but_last, sum_over_ranks
from trainer.ema import MovingAverage
from trainer.errors import TrainerError
from trainer.evaluation import estimate_loss, evaluate
from trainer.metrics import Sums, add, means
from trainer.monitor import Monitor, in_words
from trainer.objective import Objective
from trainer.optimizer import load_optimizer, set_learning_rate
from trainer.reporting import Reporter
from trainer.rng import rng_state, seed_everything, set_rng_state
from trainer.scheduler import TrainingScheduler
from trainer.schedules import Clock, learning_rate
from trainer.signals import StopRequest
from trainer.tokenizers import Tokenizer
from trainer.weights import load_weights, weights_of


@dataclass(kw_only=True)
class Progress:
    """What changes while a run goes on, beside weights."""

    step: int = 0
    best_val_loss: float = float("inf")


@dataclass(kw_only=True)
class Run:
    """The parts of one run, put together by `assembly.assemble`."""

    config: RunConfig
    #: The resolved configuration as plain types, for the checkpoint.
    record: dict[str, Any]
    ranks: Ranks
    device: torch.device
    model: nn.Module
    #: The model as it is called: compiled, and wrapped for several ranks.
    forward: nn.Module
    objective: Objective
    #: What a checkpoint keeps beside the configuration, so that the same model can be built again.
    blueprint: dict[str, Any]
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    batches: BatchManager
    #: The streams of `train` and `val` that evaluations look at.
    measured: dict[str, BatchSource]
    tokenizer: Tokenizer | None
    average: MovingAverage | None
    scheduler: TrainingScheduler
    checkpoints: CheckpointStore
    reporter: Reporter
    monitor: Monitor
    stop: StopRequest
    total_steps: int
    progress: Progress = field(default_factory=Progress)

    @property
    def micro_steps(self) -> int:
        """Micro-steps of one optimizer step on this rank."""
        return self.config.optim.gradient_accumulation_steps // self.ranks.world_size


def train(run: Run, *, start_step: int, n_steps: int) -> None:
    """Do `n_steps` optimizer steps after the first `start_step`.

    Raises TrainerError when a loss is no number; what was saved before stays.
    """
    config, progress = run.config, run.progress
    end = start_step + n_steps
    health = Health(run.device)
    if start_step == 0:
        measure(run, 0)
    run.monitor.start(start_step)
    for step in range(start_step, end):
        clock = Clock(step=step, total_steps=run.total_steps)
        set_learning_rate(run.optimizer, learning_rate(config.optim, clock))
        stepped = optimizer_step(run, clock)
        progress.step = done = step + 1
        health.watch(done, stepped.loss)

        last = done == end
        if last or done % config.log_interval == 0:
            health.check()
            report(run, clock, stepped)
        if last or done % config.evaluation.interval == 0:
            health.check()
            with run.monitor.paused():
                best = measure(run, done)
        else:
            best = False
        stopped = run.stop.asked(run.ranks, run.device)
        if config.checkpoint.enabled and (last or stopped or best or done % config.checkpoint.interval == 0):
            health.check()
            with run.monitor.paused():
                save_checkpoint(run, best=best)
        for line in run.monitor.look(done, run.model) if run.ranks.is_main else ():
            run.reporter.say(line)
        if stopped:
            run.reporter.say(f"stopped by a signal after step {done}")
            return


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """What one optimizer step gave on this rank."""

    #: The mean over its micro-steps.
    loss: Tensor
    #: Of all gradients together, over all ranks, before clipping.
    norm: Tensor
    metrics: Sums


def optimizer_step(run: Run, clock: Clock) -> Stepped:
    """All micro-steps of one optimizer step."""
    run.forward.train()
    metrics: Sums = {}
    total = torch.zeros((), device=run.device, dtype=widest(run.device))
    for micro_step in range(run.micro_steps):
        batch = run.batches.get_next_batch()
        with no_sync_but_last(run.forward, micro_step + 1 == run.micro_steps):
            with autocast(run.config.device.precision, run.device):
                found = run.objective(run.forward, batch, clock, micro_step)
                loss = found.loss / run.micro_steps
            run.scaler.scale(loss).backward()
        total += loss.detach()
        add(metrics, found.metrics)
    run.scaler.unscale_(run.optimizer)
    # The norm of the true gradients: after the scale is taken out, before anything is clipped.
    limit = run.config.optim.grad_clip or float("inf")
    norm = torch.nn.utils.clip_grad_norm_(run.model.parameters(), limit)
    run.scaler.step(run.optimizer)
    run.scaler.update()
    run.optimizer.zero_grad(set_to_none=True)
    if run.average is not None:
        run.average.update(run.model)
    return Stepped(loss=total, norm=norm, metrics=metrics)


def measure(run: Run, step: int) -> bool:
    """Evaluate, log, and let the scheduler decide; whether the validation loss is the best so far.

    Where an average of the weights is kept, that is what is measured.
    """
    config = run.config
    with nullcontext() if run.average is None else run.average.swapped_in(run.model):
        measured = evaluate(
            run.model,
            run.objective,
            run.measured,
            iters=config.evaluation.iters,
            batch_size=config.data.batch_size,
            ranks=run.ranks,
            device=run.device,
            precision=config.device.precision,
        )
    losses = estimate_loss(measured)
    run.reporter.say(f"step {step}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")
    run.reporter.record(
        step, {f"{split}/{name}": value for split, found in measured.items() for name, value in found.items()}
    )
    for line in run.scheduler.check_and_execute_operations(step, losses["val"]):
        run.reporter.say(f"step {step}: {line}")
    best = losses["val"] < run.progress.best_val_loss
    run.progress.best_val_loss = min(run.progress.best_val_loss, losses["val"])
    return best


def report(run: Run, clock: Clock, stepped: Stepped) -> None:
    """Log one training step: its loss over all ranks, its learning rate, its gradient norm, its speed."""
    done = clock.step + 1
    mean = float(sum_over_ranks(stepped.loss.clone(), run.ranks)) / run.ranks.world_size
    values = {"loss": mean, "lr": run.optimizer.param_groups[0]["lr"], "grad_norm": float(stepped.norm)}
    found = means(stepped.metrics, run.ranks)
    values |= {name: value for name, value in found.items() if not math.isnan(value)}
    speed = run.monitor.speed(done, run.total_steps)
    now = f"loss {mean:.4f}, lr {values['lr']:.3e}"
    run.reporter.say(f"iter {done}: {now}, grad norm {values['grad_norm']:.4f}{in_words(speed)}")
    run.reporter.record(done, values)
    run.reporter.advance(done, run.total_steps, f"{now}{in_words(speed)}")


class Health:
    """Watches losses on the device and asks for them only when something depends on it."""

    def __init__(self, device: torch.device) -> None:
        self._first_bad = torch.zeros((), dtype=torch.int64, device=device)

    def watch(self, step: int, loss: Tensor) -> None:
        """Note the first step whose loss is no finite number."""
        bad = (~torch.isfinite(loss)) & (self._first_bad == 0)
        self._first_bad = torch.where(bad, step, self._first_bad)

    def check(self) -> None:
        """Raise TrainerError when there was such a step."""
        if step := int(self._first_bad):
            raise TrainerError(
                f"the loss of step {step} is no finite number; the last checkpoint before it is kept: "
                "go on from it with a smaller learning rate, or look at the batch of that step"
            )


def save_checkpoint(run: Run, *, best: bool) -> None:
    """Save everything that the next step depends on."""
    own = {
        "rng": rng_state(),
        "objective": run.objective.state_dict(),
        "batches": run.batches.state_dict(),
    }
    state = {
        "step": run.progress.step,
        "best_val_loss": run.progress.best_val_loss,
        "optimizer": run.optimizer.state_dict(),
        "scaler": run.scaler.state_dict(),
        "average": None if run.average is None else run.average.state_dict(),
        "blueprint": run.blueprint,
        "scheduler": run.scheduler.state_dict(),
        "ranks": gathered(own, run.ranks),
        "config": run.record,
        "torch": str(torch.__version__),
    }
    if run.ranks.is_main:
        path = run.checkpoints.save(run.progress.step, weights_of(run.model), state, run.tokenizer, best)
        run.reporter.say(f"saved {path}")


def restore(run: Run, weights: dict[str, Tensor], state: dict[str, Any], origin: str) -> None:
    """Take up a run where a checkpoint left it."""
    load_weights(run.model, weights, origin)
    run.scheduler.load_state_dict(state["scheduler"])
    load_optimizer(run.optimizer, state["optimizer"])
    run.scaler.load_state_dict(state["scaler"])
    if run.average is not None:
        # An average that the checkpoint does not have starts at its weights.
        run.average.load_state_dict(state["average"] or MovingAverage(run.model, 0.0).state_dict())
    run.progress.step = state["step"]
    run.progress.best_val_loss = state["best_val_loss"]
    _restore_rank(run, state["ranks"])
    if run.config.data.batch_size != state["config"]["data"]["batch_size"]:
        run.batches.resize(run.config.data.batch_size)


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
