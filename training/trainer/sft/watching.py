"""What happens around the steps of `trl`: log lines, whole checkpoints, a stop on request."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl.trainer.sft_trainer import SFTTrainer

from trainer.checkpointing import REFUSALS, said_by_system
from trainer.configuration.schema import OptimConfig
from trainer.distributed import Ranks, gathered
from trainer.errors import TrainerError
from trainer.optimizer import set_learning_rate
from trainer.reporting import Reporter
from trainer.rng import untouched_rng
from trainer.schedules import Clock, learning_rate
from trainer.sft.checkpoints import SftCheckpoints
from trainer.signals import StopRequest

#: What a line of the log has under another name.
_NAMES = {"learning_rate": "lr"}
#: What is the same at each step, or known otherwise.
_LEFT_OUT = {"epoch", "total_flos", "num_tokens"}
_LEFT_OUT_ENDINGS = ("_runtime", "_per_second")


class Tuner(SFTTrainer):
    """The trainer of `trl`, whose losses are watched and whose evaluations draw nothing."""

    def training_step(self, *arguments: Any, **named: Any) -> Tensor:
        """One micro-step; a loss that is no number is remembered."""
        untyped: Any = super()
        loss: Tensor = untyped.training_step(*arguments, **named)
        bad = ~torch.isfinite(loss.detach())
        known = getattr(self, "_bad", None)
        self._bad = bad if known is None else known | bad
        return loss

    def evaluate(self, *arguments: Any, **named: Any) -> dict[str, float]:
        """Measure; training goes on as if nothing had been drawn."""
        with untouched_rng():
            measured: dict[str, float] = super().evaluate(*arguments, **named)
        return measured

    def _save_checkpoint(self, *arguments: Any, **named: Any) -> None:
        """Write the files of a checkpoint. Raises TrainerError when the disk refuses."""
        untyped: Any = super()
        try:
            untyped._save_checkpoint(*arguments, **named)
        except REFUSALS as error:
            raise TrainerError(
                f"the checkpoint of step {self.state.global_step} could not be written: "
                f"{said_by_system(error)}; earlier checkpoints are whole"
            ) from error

    @property
    def broken(self) -> bool:
        """Whether any loss so far was no finite number."""
        return bool(getattr(self, "_bad", False))


@dataclass(kw_only=True)
class Watch(TrainerCallback):
    """Says, writes down, seals and stops; the numbers of a checkpoint give way to those configured now."""

    optim: OptimConfig
    total: int
    record: dict[str, Any]
    ranks: Ranks
    reporter: Reporter
    checkpoints: SftCheckpoints
    stop: StopRequest
    #: Set once the trainer exists, which takes its callbacks first.
    tuner: Tuner | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **parts: Any
    ) -> None:
        """Take weight decay, betas, eps and the learning rate from the configuration, not the checkpoint."""
        optimizer, law = parts["optimizer"], parts["lr_scheduler"]
        for group in optimizer.param_groups:
            group.update(betas=tuple(self.optim.betas), eps=self.optim.eps)
            if group["weight_decay"]:
                group["weight_decay"] = self.optim.weight_decay
        rate = learning_rate(self.optim, Clock(step=state.global_step, total_steps=self.total))
        count = len(optimizer.param_groups)
        law.load_state_dict(
            law.state_dict() | {"base_lrs": [self.optim.learning_rate] * count, "_last_lr": [rate] * count}
        )
        set_learning_rate(optimizer, rate)

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **parts: Any
    ) -> None:
        """Log, measure and save at the end and on request; keep nothing of a run whose loss is no number."""
        stopped = self.stop.asked(self.ranks)
        last = state.global_step >= self.total
        if last:
            control.should_log = control.should_evaluate = True
        if last or stopped:
            control.should_save = args.save_strategy != "no"
            control.should_training_stop = True
        if stopped and not last:
            self.reporter.say(f"stopped {stopped} after step {state.global_step}")
        due = control.should_log or control.should_evaluate or control.should_save
        if due and self.tuner is not None and self.tuner.broken:
            raise TrainerError(
                f"a loss up to step {state.global_step} is no finite number; the last checkpoint is kept: "
                "go on from it with a smaller learning rate"
            )

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **parts: Any
    ) -> None:
        """Each rank has written its part: make the checkpoint whole."""
        # Rank 0 hears from each of the others only when that has written.
        gathered(state.global_step, self.ranks)
        if self.ranks.is_main:
            self.reporter.say(f"saved {self.checkpoints.seal(state.global_step, self.record)}")

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **parts: Any
    ) -> None:
        """One line for a training step or for a split that was measured, and all its numbers."""
        step, values = state.global_step, _numbers(parts.get("logs") or {})
        if "loss" in values:
            self.reporter.say(
                f"iter {step}: loss {values['loss']:.4f}, lr {values['lr']:.3e}, "
                f"grad norm {values.get('grad_norm', math.nan):.4f}"
            )
            self.reporter.advance(step, self.total, f"loss {values['loss']:.4f}")
        for split in ("train", "val"):
            if f"{split}/loss" in values:
                self.reporter.say(f"step {step}: {split} loss {values[f'{split}/loss']:.4f}")
        self.reporter.record(step, values)


def _numbers(logs: dict[str, Any]) -> dict[str, float]:
    """What a log says under the names that the trainer uses; nothing of the summary at the end."""
    if "train_runtime" in logs:
        return {}
    found = {}
    for name, value in logs.items():
        if name in _LEFT_OUT or name.endswith(_LEFT_OUT_ENDINGS):
            continue
        for split in ("train", "val"):
            if name.startswith(f"eval_{split}_"):
                name = name.replace(f"eval_{split}_", f"{split}/", 1)
        if not name.endswith("num_tokens") and not name.endswith("/epoch"):
            found[_NAMES.get(name, name)] = float(value)
    return found
