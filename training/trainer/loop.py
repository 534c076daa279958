"""The one training loop, for fresh and resumed runs alike."""

from __future__ import annotations

import math
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor

from trainer.device import autocast, widest
from trainer.distributed import largest_over_ranks, no_sync_but_last, sum_over_ranks
from trainer.errors import TrainerError
from trainer.evaluation import estimate_loss, evaluate
from trainer.metrics import Sums, add, means
from trainer.monitor import in_words
from trainer.operations import operate
from trainer.optimizer import set_learning_rate
from trainer.run import Run
from trainer.schedules import Clock, learning_rate
from trainer.state import save_checkpoint


def train(run: Run, *, start_step: int, n_steps: int) -> bool:
    """Do `n_steps` optimizer steps after the first `start_step`; False when a signal stopped it before.

    Raises TrainerError when a loss is no number; what was saved before stays.
    """
    config, progress = run.config, run.progress
    end = start_step + n_steps
    health = Health(run)
    if start_step == 0:
        measure(run, 0)
    elif n_steps:
        # For the eye alone: the run that this one goes on from has recorded what it measured.
        look(run, start_step)
    run.monitor.start(start_step)
    for step in range(start_step, end):
        clock = Clock(step=step, total_steps=run.total_steps)
        set_learning_rate(run.optimizer, progress.lr_scale * learning_rate(config.optim, clock))
        stepped = optimizer_step(run, clock)
        progress.step = done = step + 1
        health.watch(done, stepped.loss, stepped.norm)

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
        stopped = run.stop.asked(run.ranks)
        if config.checkpoint.enabled and (last or stopped or best or done % config.checkpoint.interval == 0):
            health.check()
            with run.monitor.paused():
                save_checkpoint(run, best=best)
        for line in run.monitor.look(done, run.model) if run.ranks.is_main else ():
            run.reporter.say(line)
        if stopped:
            run.reporter.say(f"stopped {stopped} after step {done}")
            return False
    return True


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
        with no_sync_but_last(run.forward, run.model, micro_step + 1 == run.micro_steps):
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
    norm = norm.full_tensor() if isinstance(norm, DTensor) else norm
    if apply_gradients(run, clock) and run.average is not None:
        run.average.update(run.model)
    return Stepped(loss=total, norm=norm, metrics=metrics)


def apply_gradients(run: Run, clock: Clock) -> bool:
    """Change the weights; False when gradients overflowed in fp16 and the weights stay.

    Such a step counts all the same, for the clock, the law of the learning rate and the data; an average of
    weights has nothing to take in.
    """
    scale = run.scaler.get_scale()
    run.scaler.step(run.optimizer)
    run.scaler.update()
    run.optimizer.zero_grad(set_to_none=True)
    if run.scaler.get_scale() >= scale:
        return True
    done = clock.step + 1
    run.reporter.say(f"step {done} left the weights as they are: gradients overflowed at scale {scale:g}")
    return False


def measure(run: Run, step: int) -> bool:
    """Evaluate, log, and let the scheduler decide; whether the validation loss is the best so far."""
    measured = look(run, step)
    losses = estimate_loss(measured)
    run.reporter.record(
        step, {f"{split}/{name}": value for split, found in measured.items() for name, value in found.items()}
    )
    for line in run.scheduler.check_and_execute_operations(step, losses["val"], partial(operate, run)):
        run.reporter.say(f"step {step}: {line}")
    best = losses["val"] < run.progress.best_val_loss
    run.progress.best_val_loss = min(run.progress.best_val_loss, losses["val"])
    return best


def look(run: Run, step: int) -> dict[str, dict[str, float]]:
    """Evaluate and say the losses: the metrics of each split.

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
    run.progress.losses.append((step, losses))
    return measured


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
    """Watches losses and gradients on the device and asks for them only when something depends on it."""

    def __init__(self, run: Run) -> None:
        self._ranks = run.ranks
        # With a scaler, gradients that overflow are no error: the step is left out and the scale is halved.
        self._gradients_must_be_finite = not run.scaler.is_enabled()
        self._first_bad = torch.zeros((), dtype=torch.int64, device=run.device)

    def watch(self, step: int, loss: Tensor, norm: Tensor) -> None:
        """Note the first step whose loss or gradient is no finite number."""
        bad = ~torch.isfinite(loss)
        if self._gradients_must_be_finite:
            bad = bad | ~torch.isfinite(norm)
        self._first_bad = torch.where(bad & (self._first_bad == 0), step, self._first_bad)

    def check(self) -> None:
        """Raise TrainerError on all ranks when there was such a step on one."""
        if step := largest_over_ranks(int(self._first_bad), self._ranks):
            raise TrainerError(
                f"the loss or the gradient of step {step} is no finite number; the last checkpoint before it "
                "is kept: go on from it with a smaller learning rate, or look at the batches of that step"
            )
