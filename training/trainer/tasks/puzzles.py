"""Puzzles: grids in, a model that fills in their answers out."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from trainer.act_loss import loss_head
from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import Encoding, ETRMConfig, RecursiveConfig, TRMConfig
from trainer.configuration.data import Source
from trainer.configuration.schema import RunConfig
from trainer.data.puzzles.batches import PuzzleBatches, read_split
from trainer.data.puzzles.metadata import Mode, PuzzleMetadata
from trainer.errors import TrainerError
from trainer.evaluation import SPLITS
from trainer.models.recursive.reasoner import ETRM, TRM, CachedETRM
from trainer.rng import seed_everything
from trainer.tasks.task import Task


def prepare(config: RunConfig, checkpoint: Checkpoint | None) -> Task:
    """The task as configured; a resumed run takes nothing from the checkpoint here."""
    arch = config.arch
    if not isinstance(arch, RecursiveConfig):
        raise TrainerError(
            f"task.kind is puzzles, but arch.name {arch.name!r} reasons about none: trm and etrm do"
        )
    if config.data.kind is not Source.puzzles:
        raise TrainerError(
            f"task.kind is puzzles, but data.kind is {config.data.kind.value}: choose data=sudoku4 or another"
        )
    mode = Mode.encoder if isinstance(arch, ETRMConfig) else Mode.embedding
    splits = {name: read_split(Path(config.data.path) / name, mode) for name in SPLITS}
    (metadata, arrays), (val_metadata, _) = splits["train"], splits["val"]
    _alike(metadata, val_metadata)
    # All ranks start from the same weights.
    seed_everything(config.seed, 0)
    return Task(
        model=_model(arch, metadata),
        objective=loss_head(arch),
        # Training and measuring draw from streams of different seeds.
        train=PuzzleBatches(arrays, seed=3 * config.seed),
        measured={
            name: PuzzleBatches(arrays, seed=3 * config.seed + number)
            for number, (name, (_, arrays)) in enumerate(splits.items(), start=1)
        },
        tokenizer=None,
        samples=metadata.samples,
        tokens_per_sample=metadata.seq_len,
    )


def _model(arch: RecursiveConfig, metadata: PuzzleMetadata) -> nn.Module:
    """The reasoner that the config describes, with fresh weights."""
    vocab_size, seq_len = metadata.vocab_size, metadata.seq_len
    if isinstance(arch, ETRMConfig):
        family = CachedETRM if arch.encoding is Encoding.cached else ETRM
        return family(arch, vocab_size=vocab_size, seq_len=seq_len)
    assert isinstance(arch, TRMConfig)
    return TRM(arch, vocab_size=vocab_size, seq_len=seq_len, identifiers=metadata.num_puzzle_identifiers)


def _alike(train: PuzzleMetadata, val: PuzzleMetadata) -> None:
    """Refuse splits that no one model can read."""
    for name in ("kind", "vocab_size", "seq_len", "num_puzzle_identifiers"):
        if getattr(train, name) != getattr(val, name):
            raise TrainerError(
                f"the splits do not belong together: {name} is {getattr(train, name)} in train and "
                f"{getattr(val, name)} in val; build the puzzles again"
            )
