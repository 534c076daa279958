"""Language modelling: text in, a model that predicts the next token out."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import GPT2Config
from trainer.configuration.schema import RunConfig
from trainer.data.text import read_text
from trainer.data.tokens import TokenWindows, split
from trainer.models.build import build_model
from trainer.objective import NextToken
from trainer.rng import seed_everything
from trainer.tasks.task import Task
from trainer.tokenizers import build_tokenizer, load_tokenizer


def prepare(config: RunConfig, checkpoint: Checkpoint | None) -> Task:
    """The task as configured; a resumed run takes its tokenizer from the checkpoint."""
    text = read_text(Path(config.data.path))
    tokenizer = (
        load_tokenizer(checkpoint.path / "tokenizer")
        if checkpoint
        else build_tokenizer(config.data.tokenizer, text, _pretrained(config))
    )
    parts = split(np.asarray(tokenizer.encode(text), dtype=np.int32), config.data.val_fraction)
    # All ranks start from the same weights.
    seed_everything(config.seed, 0)
    model = build_model(
        config.arch,
        vocab_size=tokenizer.vocab_size,
        block_size=config.data.block_size,
        blueprint=checkpoint.state["blueprint"] if checkpoint else None,
    )
    size, notes = _within_context(config.data.block_size, model.block_size)
    # Training and measuring draw from streams of different seeds.
    train = TokenWindows(parts["train"], block_size=size, seed=3 * config.seed, name="train")
    measured = {
        name: TokenWindows(part, block_size=size, seed=3 * config.seed + number, name=name)
        for number, (name, part) in enumerate(parts.items(), start=1)
    }
    return Task(
        model=model,
        objective=NextToken(),
        train=train,
        measured=dict(measured),
        tokenizer=tokenizer,
        samples=len(parts["train"]) / size,
        tokens_per_sample=size,
        blueprint=model.blueprint(),
        notes=notes,
    )


def _pretrained(config: RunConfig) -> str | None:
    return config.arch.pretrained if isinstance(config.arch, GPT2Config) else None


def _within_context(block_size: int, limit: int | None) -> tuple[int, tuple[str, ...]]:
    """The size of windows that the model can read, and a line when it is not the one that was asked for."""
    if limit is None or block_size <= limit:
        return block_size, ()
    return limit, (f"data.block_size {block_size} is beyond the model's maximum: capped to {limit}",)
