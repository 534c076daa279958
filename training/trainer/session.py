"""One session of a run: decides where it starts, builds its parts, trains."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from trainer.assembly import assemble
from trainer.checkpointing import Checkpoint, CheckpointStore
from trainer.configuration.environment import read_environment
from trainer.configuration.load import load_config_fresh_from_env, load_config_from_checkpoint
from trainer.configuration.schema import Resume
from trainer.device import select_device, set_numbers
from trainer.distributed import process_group
from trainer.errors import TrainerError
from trainer.export import export_model
from trainer.loop import Run, restore, train


def run(composed: DictConfig, explicit: Sequence[str]) -> None:
    """Train as configured, from step 0 or from a checkpoint."""
    checkpoint, said = starting_point(composed)
    loaded = (
        load_config_from_checkpoint(composed, checkpoint, os.environ, explicit)
        if checkpoint
        else load_config_fresh_from_env(composed, os.environ, explicit)
    )
    config = loaded.config
    device = select_device(config.device.name)
    said += set_numbers(config.device)
    with process_group(device) as ranks:
        # The parts are gone when the group ends: what is wrapped for several ranks needs it to the last.
        _train(assemble(config, loaded.record, checkpoint, ranks, device), checkpoint, (*said, *loaded.notes))


def _train(parts: Run, checkpoint: Checkpoint | None, said: Sequence[str]) -> None:
    """Take up the checkpoint, if there is one, and train to the end."""
    for line in said:
        parts.reporter.say(line)
    start = 0
    if checkpoint is not None:
        restore(parts, checkpoint.weights, checkpoint.state, str(checkpoint.path))
        start = checkpoint.step
        parts.reporter.say(f"resumed from {checkpoint.path} at step {start}")
    more = os.environ.get("RESUME_STEPS") if checkpoint else None
    if more is not None:
        parts.total_steps = start + int(more)
    parts.stop.listen()
    try:
        train(parts, start_step=start, n_steps=max(0, parts.total_steps - start))
        if parts.config.export_dir is not None and parts.ranks.is_main:
            folder = Path(parts.config.export_dir)
            export_model(parts.model, parts.record["arch"], parts.blueprint, parts.tokenizer, folder)
            parts.reporter.say(f"exported the model to {folder}")
    finally:
        parts.batches.close()
        for line in parts.monitor.close():
            parts.reporter.say(line)
        parts.reporter.close()


def starting_point(composed: DictConfig) -> tuple[Checkpoint | None, list[str]]:
    """The checkpoint to go on from, None for a fresh run; and what to say about it."""
    named = read_environment(os.environ).get("checkpoint.path", composed.checkpoint.path)
    store = CheckpointStore(Path(composed.output_dir) / "checkpoints", composed.checkpoint.keep_last)
    if named is not None:
        return store.load(Path(str(named))), []
    if composed.checkpoint.resume is Resume.never:
        return None, []
    checkpoint, passed = store.latest()
    if checkpoint is None and composed.checkpoint.resume is Resume.required:
        raise TrainerError(
            f"checkpoint.resume is required, but {store.folder} has no checkpoint that is whole"
        )
    return checkpoint, [f"passed over: {reason}" for reason in passed]
