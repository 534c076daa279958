"""A configuration in, the parts of its run out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from omegaconf import OmegaConf
from torch import nn

from trainer.checkpointing import Checkpoint, CheckpointStore
from trainer.configuration.schema import RunConfig, TaskKind, checkpoint_folder
from trainer.data.batches import BatchManager
from trainer.device import grad_scaler, parameter_dtype, refuse_impossible
from trainer.distributed import Ranks, micro_steps_of_rank, split, wrapped
from trainer.ema import MovingAverage
from trainer.errors import TrainerError
from trainer.lora import add_adapters
from trainer.monitor import Monitor
from trainer.operations import set_trained
from trainer.optimizer import build_optimizer
from trainer.output import log_file
from trainer.reporting import Console, Silent
from trainer.rng import seed_everything
from trainer.run import Run
from trainer.scheduler import TrainingScheduler
from trainer.schedules import outliving, total_steps
from trainer.signals import StopRequest
from trainer.sinks import LossCurve, Sink, TensorBoard, WeightsAndBiases
from trainer.tasks import language, puzzles
from trainer.tasks.task import Task
from trainer.throughput import Factors

#: What prepares each kind of task.
_TASKS: dict[TaskKind, Callable[[RunConfig, Checkpoint | None], Task]] = {
    TaskKind.language: language.prepare,
    TaskKind.puzzles: puzzles.prepare,
}


def assemble(
    config: RunConfig,
    record: dict[str, Any],
    checkpoint: Checkpoint | None,
    ranks: Ranks,
    device: torch.device,
) -> Run:
    """Everything that `loop.train` needs. Raises TrainerError for what cannot be built."""
    micro_steps = micro_steps_of_rank(config.optim.gradient_accumulation_steps, ranks)
    refuse_impossible(config.device, device, ranks.world_size)
    task = _TASKS[config.task.kind](config, checkpoint)
    model, optimizer, average = _trained(config, task, ranks, device)
    # From here on each rank draws its own: dropout, exploration.
    seed_everything(config.seed, 1 + ranks.rank)
    data = config.data
    factors = Factors(
        micro_steps=micro_steps,
        world_size=ranks.world_size,
        batch_size=data.batch_size,
        tokens_per_sample=task.tokens_per_sample,
    )
    run = Run(
        config=config,
        record=record,
        ranks=ranks,
        device=device,
        model=model,
        forward=wrapped(model, ranks, device, config.device.compile),
        objective=task.objective,
        blueprint=task.blueprint,
        optimizer=optimizer,
        scaler=grad_scaler(config.device.precision, device, config.device.loss_scale),
        batches=BatchManager(
            task.train, size=data.batch_size, ranks=ranks, device=device, prefetch=data.prefetch
        ),
        measured=task.measured,
        tokenizer=task.tokenizer,
        prompt=task.prompt,
        average=average,
        scheduler=TrainingScheduler(config.operations),
        checkpoints=CheckpointStore(
            checkpoint_folder(config.output_dir, config.checkpoint.dir), config.checkpoint.keep_last
        ),
        reporter=build_reporter(config, record, checkpoint.step if checkpoint else 0)
        if ranks.is_main
        else Silent(),
        monitor=_monitor(config, task, factors, model, device),
        stop=StopRequest(),
        total_steps=config.steps
        or total_steps(config.epochs or 1, task.samples, data.batch_size * micro_steps * ranks.world_size),
    )
    for line in (*task.notes, str(factors), *outliving(config, run.total_steps)):
        run.reporter.say(line)
    return run


def _trained(
    config: RunConfig, task: Task, ranks: Ranks, device: torch.device
) -> tuple[nn.Module, torch.optim.Optimizer, MovingAverage | None]:
    """The model on its device, what changes its weights, and their average where one is kept."""
    if config.lora.enabled:
        add_adapters(task.model, config.lora, config.arch.name)
    model = task.model.to(device, parameter_dtype(config.device.precision))
    # The optimizer and the average know all that may be trained, also what is frozen at first: a parameter
    # without a gradient is left alone.
    split(model, config.distributed.kind, ranks, device)
    optimizer = build_optimizer(config.optim, model)
    average = None if config.ema_rate is None else MovingAverage(model, config.ema_rate)
    set_trained(model, config.freeze, False)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise TrainerError("freeze leaves nothing to train")
    return model, optimizer, average


def _monitor(
    config: RunConfig, task: Task, factors: Factors, model: nn.Module, device: torch.device
) -> Monitor:
    """What watches the run; its analysis looks at what is held out."""
    return Monitor(
        factors,
        model,
        device,
        analysis_interval=config.logging.analysis_interval,
        objective=task.objective,
        sample=task.measured["val"],
    )


def build_reporter(config: RunConfig, record: dict[str, Any], start: int) -> Console:
    """The console of the first rank, with all that its numbers go to; `config.yaml` says what the run is."""
    folder, wanted = Path(config.output_dir), config.logging
    folder.mkdir(parents=True, exist_ok=True)
    OmegaConf.save(OmegaConf.create(record), folder / "config.yaml")
    sinks: list[Sink] = [LossCurve(folder)]
    if wanted.tensorboard:
        sinks.append(TensorBoard(folder, start))
    if wanted.wandb_project is not None:
        sinks.append(WeightsAndBiases(folder, wanted.wandb_project, record))
    return Console(folder, log_file(config, resumed=start > 0), start, sinks)
