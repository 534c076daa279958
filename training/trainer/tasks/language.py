"""Language modelling: text in, a model that predicts the next token out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from trainer.checkpointing import Checkpoint
from trainer.configuration.arch import GPT2Config
from trainer.configuration.data import DataConfig, Source
from trainer.configuration.schema import RunConfig
from trainer.data.conversations import QUESTION, as_text, read_conversations
from trainer.data.shards import open_shards
from trainer.data.text import read_text
from trainer.data.tokens import Tokens, TokenWindows, split
from trainer.errors import TrainerError
from trainer.models.build import build_model
from trainer.objective import NextToken
from trainer.rng import seed_everything
from trainer.tasks.task import Task
from trainer.tokenizers import BPETokenizer, Tokenizer, build_tokenizer, load_tokenizer


def prepare(config: RunConfig, checkpoint: Checkpoint | None) -> Task:
    """The task as configured; a resumed run takes its tokenizer from the checkpoint."""
    tokens, tokenizer = _read(config, load_tokenizer(checkpoint.path / "tokenizer") if checkpoint else None)
    parts = split(tokens, config.data.val_fraction)
    # All ranks start from the same weights.
    seed_everything(config.seed, 0)
    model = build_model(
        config.arch,
        vocab_size=tokenizer.vocab_size,
        block_size=config.data.block_size,
        blueprint=checkpoint.state["blueprint"] if checkpoint else None,
    )
    size, notes = within_context(config.data.block_size, model.block_size)
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
        prompt=_prompt(config, tokenizer),
        notes=notes,
    )


def _read(config: RunConfig, known: Tokenizer | None) -> tuple[Tokens, Tokenizer]:
    """The data as one row of tokens; `known` is the tokenizer of a checkpoint.

    Raises TrainerError when the data were tokenised in another way than the model knows.
    """
    path = Path(config.data.path)
    if config.data.kind is Source.shards:
        shards = open_shards(path)
        pretrained = _pretrained(config)
        if known is None and pretrained is not None:
            known = BPETokenizer.pretrained(pretrained)
        if known is not None and known.serialised() != shards.tokenizer.serialised():
            raise TrainerError(
                f"the shards in {path} have another vocabulary ({shards.tokenizer.vocab_size} tokens) than "
                f"the model ({known.vocab_size} tokens): build them with the model's own tokenizer"
            )
        return shards.tokens, shards.tokenizer
    if config.data.kind not in _TEXTS:
        raise TrainerError(
            f"data.kind {config.data.kind.value} has no text: task language cannot learn from it"
        )
    text = _TEXTS[config.data.kind](path, config.data)
    tokenizer = known or build_tokenizer(config.data.tokenizer, text, _pretrained(config))
    return np.asarray(tokenizer.encode(text), dtype=np.int32), tokenizer


_TEXTS: dict[Source, Callable[[Path, DataConfig], str]] = {
    Source.text: lambda path, config: read_text(path),
    Source.conversations: lambda path, config: as_text(read_conversations(path, config.columns)),
}


def _prompt(config: RunConfig, tokenizer: Tokenizer) -> tuple[int, ...]:
    """What the sample starts from: as asked for, in the domain of a pretrained model, or the zero context."""
    prompt = config.generation.prompt
    if prompt is None and _pretrained(config) is not None:
        prompt = QUESTION
    return tuple(tokenizer.encode(prompt)) if prompt else (0,)


def _pretrained(config: RunConfig) -> str | None:
    return config.arch.pretrained if isinstance(config.arch, GPT2Config) else None


def within_context(block_size: int, limit: int | None) -> tuple[int, tuple[str, ...]]:
    """The size of windows that the model can read, and a line when it is not the one that was asked for."""
    if limit is None or block_size <= limit:
        return block_size, ()
    return limit, (f"data.block_size {block_size} is beyond the model's maximum: capped to {limit}",)
