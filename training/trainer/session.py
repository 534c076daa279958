"""One session of a run: decides where it starts, builds its parts, trains."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from omegaconf import DictConfig

from trainer.assembly import assemble
from trainer.checkpointing import Checkpoint, CheckpointStore
from trainer.configuration.load import (
    load_config_fresh_from_env,
    load_config_from_checkpoint,
    session_value,
)
from trainer.configuration.schema import Resume, RunConfig, TaskKind, checkpoint_folder
from trainer.device import select_device, set_numbers
from trainer.distributed import Ranks, done_by_main, process_group, told_by_main
from trainer.ending import finish
from trainer.errors import TrainerError
from trainer.folders import reserved
from trainer.loop import train
from trainer.output import generate_output_filename, write_output_file
from trainer.run import Run
from trainer.sft.checkpoints import SftCheckpoints
from trainer.state import restore


def run(composed: DictConfig, explicit: Sequence[str]) -> bool:
    """Train as configured, from step 0 or from a checkpoint; False when a signal stopped it early."""
    with process_group(float(composed.distributed.timeout_seconds)) as ranks:
        checkpoint, said = starting_point(composed, explicit, ranks)
        loaded = (
            load_config_from_checkpoint(composed, checkpoint, os.environ, explicit)
            if checkpoint
            else load_config_fresh_from_env(composed, os.environ, explicit)
        )
        config = loaded.config
        device = select_device(config.device.name)
        said += (*set_numbers(config.device), *loaded.notes, *_noted(checkpoint))
        with reserved(config, ranks), _console_copy(config, checkpoint.step if checkpoint else 0, ranks):
            if config.task.kind is TaskKind.sft:
                # `trl` takes seconds to import: only runs that use it pay.
                from trainer.sft.run import train_sft

                return train_sft(config, loaded.record, checkpoint, ranks, device, said)
            # The parts are gone when the group ends: what is wrapped for several ranks needs it to the last.
            return _train(assemble(config, loaded.record, checkpoint, ranks, device), checkpoint, said)


def _noted(checkpoint: Checkpoint | None) -> list[str]:
    """What whoever saved the checkpoint wrote into it."""
    noted = checkpoint.metadata if checkpoint else {}
    return (
        [f"the checkpoint says: {', '.join(f'{name} = {value}' for name, value in noted.items())}"]
        if noted
        else []
    )


def _console_copy(config: RunConfig, start_step: int, ranks: Ranks) -> AbstractContextManager[None]:
    """Keeps what the first rank prints in a file, where that is asked for."""
    if not (config.console_to_file and ranks.is_main):
        return nullcontext()
    return write_output_file(Path(config.output_dir) / generate_output_filename(config, start_step))


def _train(parts: Run, checkpoint: Checkpoint | None, said: Sequence[str]) -> bool:
    """Take up the checkpoint, if there is one, and train to the end; False when a signal came before it."""
    for line in said:
        parts.reporter.say(line)
    start = 0
    if checkpoint is not None:
        restore(parts, checkpoint)
        start = checkpoint.step
        parts.reporter.say(f"resumed from {checkpoint.path} at step {start}")
        if start >= parts.total_steps:
            parts.reporter.say(f"nothing is left to train: the run has {parts.total_steps} steps")
    parts.stop.listen()
    try:
        at_end = train(parts, start_step=start, n_steps=max(0, parts.total_steps - start))
        if at_end:
            finish(parts)
        return at_end
    finally:
        parts.batches.close()
        for line in parts.monitor.close():
            parts.reporter.say(line)
        parts.reporter.close()


def starting_point(
    composed: DictConfig, explicit: Sequence[str], ranks: Ranks
) -> tuple[Checkpoint | None, list[str]]:
    """The checkpoint to go on from, None for a fresh run; and what to say about it.

    Rank 0 looks, clears away what a killed run left, and tells the others.
    """
    output, folder, named = (
        session_value(composed, os.environ, explicit, key)
        for key in ("output_dir", "checkpoint.dir", "checkpoint.path")
    )
    kind = SftCheckpoints if composed.task.kind is TaskKind.sft else CheckpointStore
    store = kind(checkpoint_folder(output, folder), composed.checkpoint.keep_last)

    def look() -> tuple[Checkpoint | None, list[str]]:
        cleared = store.recover()
        checkpoint, passed = _found(store, named, composed.checkpoint.resume)
        return checkpoint, [*cleared, *(f"passed over: {reason}" for reason in passed)]

    checkpoint, said = done_by_main(look, ranks) or (None, [])
    path = told_by_main(checkpoint.path if checkpoint else None, ranks)
    return (store.load(path) if path is not None and checkpoint is None else checkpoint), said


def _found(
    store: CheckpointStore | SftCheckpoints, named: object, resume: Resume
) -> tuple[Checkpoint | None, list[str]]:
    """What this run goes on from, and what is wrong with newer checkpoints."""
    if named is not None:
        return store.load(Path(str(named))), []
    if resume is Resume.never:
        return None, []
    checkpoint, passed = store.latest()
    if checkpoint is None and resume is Resume.required:
        reasons = "".join(f"; {reason}" for reason in passed)
        raise TrainerError(
            f"checkpoint.resume is required, but {store.folder} has no checkpoint that is whole{reasons}"
        )
    return checkpoint, passed
