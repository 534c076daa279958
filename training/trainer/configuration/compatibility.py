"""A configuration and that of a checkpoint in; an error out when the one cannot go on from the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError


def refuse_other_shape(
    record: dict[str, Any], saved: dict[str, Any], shape: Iterable[str], origin: Path
) -> None:
    """Raise TrainerError for the first key in which a checkpoint's weights would mean something else.

    `shape` are the fields of the architecture that shape the weights or how they are read.
    """
    now, before = _fixed(record, shape), _fixed(saved, shape)
    for key in now:
        if key in before and now[key] != before[key]:
            raise TrainerError(
                f"{key} is {now[key]}, but the checkpoint {origin} was trained with {before[key]}: "
                "leave it as it was to go on, or start a fresh run in another output_dir"
            )


def _fixed(record: dict[str, Any], shape: Iterable[str]) -> dict[str, Any]:
    arch, lora = record["arch"], record["lora"]
    fixed = {"task.kind": record["task"]["kind"], "arch.name": arch["name"], "lora.enabled": lora["enabled"]}
    fixed |= {f"arch.{name}": arch.get(name) for name in sorted(shape)}
    if lora["enabled"]:
        fixed |= {f"lora.{name}": lora[name] for name in ("rank", "alpha", "modules")}
    return fixed | _vocabulary(record)


def _vocabulary(record: dict[str, Any]) -> dict[str, Any]:
    """What decides about the tokenizer; shards bring theirs, which is compared when they are opened."""
    tokenizer = record["data"]["tokenizer"]
    if record["data"]["kind"] == "shards":
        return {}
    kind = tokenizer["kind"]
    if kind == "auto":
        kind = "gpt2" if record["arch"]["name"] == "gpt2" else "character"
    own = {"bpe": "vocab_size", "gpt2": "name"}.get(kind)
    fixed = {"data.tokenizer.kind": kind}
    return fixed | {f"data.tokenizer.{own}": tokenizer[own]} if own else fixed
