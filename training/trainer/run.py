"""The parts of one run, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from trainer.checkpointing import CheckpointStore
from trainer.configuration.schema import RunConfig
from trainer.data.batches import BatchManager, BatchSource
from trainer.distributed import Ranks
from trainer.ema import MovingAverage
from trainer.monitor import Monitor
from trainer.objective import Objective
from trainer.reporting import Reporter
from trainer.scheduler import TrainingScheduler
from trainer.signals import StopRequest
from trainer.tokenizers import Tokenizer


@dataclass(kw_only=True)
class Progress:
    """What changes while a run goes on, beside weights."""

    step: int = 0
    best_val_loss: float = float("inf")
    #: What operations made of the learning rate: a factor on its law.
    lr_scale: float = 1.0
    #: The losses that this session measured, each with its step.
    losses: list[tuple[int, dict[str, float]]] = field(default_factory=list)


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
    #: The tokens that a sample at the end goes on from; empty where nothing is sampled.
    prompt: tuple[int, ...]
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
