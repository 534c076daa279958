"""What supervised fine-tuning adds to a run, and what it has no place for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any

from trainer.errors import TrainerError

if TYPE_CHECKING:
    from trainer.configuration.schema import RunConfig


@dataclass(kw_only=True)
class SftConfig:
    """How conversations become text, and what a person sees of it."""

    #: A file with a chat template in Jinja; empty takes the tokenizer's own, or a plain one.
    chat_template: str | None = None
    #: Say how much memory is taken before and after training.
    verbose: bool = False
    #: Show one example before training: raw, formatted, tokenised, and what of it is learned.
    show_examples: bool = False
    #: Which one; the last where there are fewer.
    example: int = 100

    def __post_init__(self) -> None:
        """Refuse an example before the first."""
        if self.example < 0:
            raise TrainerError(f"sft.example is {self.example}: it counts from 0")


def refuse_beside_sft(config: RunConfig) -> None:
    """Raise TrainerError for what a run of `task=sft` would be asked for and not do."""
    if config.data.kind.value != "conversations":
        raise TrainerError(
            f"task.kind is sft, but data.kind is {config.data.kind.value}: choose data=conversations"
        )
    if config.distributed.kind.value != "ddp":
        raise TrainerError("distributed.kind is fsdp, but task sft knows ddp alone")
    refused = [
        *_changed(config, "", ("freeze", "operations", "ema_rate")),
        *_changed(config.logging, "logging", ("analysis_interval",)),
        *_changed(config.data, "data", ("prefetch",)),
        *_changed(config.data.tokenizer, "data.tokenizer"),
        *_changed(config.device, "device", ("loss_scale",)),
        *_changed(config.generation, "generation"),
    ]
    if refused:
        raise TrainerError(
            f"{', '.join(refused)} is set, but task sft has no use for it: leave it as it is by default"
        )


def refuse_sft_elsewhere(config: RunConfig) -> None:
    """Raise TrainerError for what fine-tuning alone would do."""
    if refused := _changed(config.sft, "sft"):
        raise TrainerError(
            f"{', '.join(refused)} is set, but task.kind is {config.task.kind.value}: that is for sft alone"
        )


def _changed(group: Any, name: str, only: Sequence[str] = ()) -> list[str]:
    """The keys of a group, or of those fields alone, whose values are not the default ones."""
    found = []
    for each in fields(group):
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if (not only or each.name in only) and getattr(group, each.name) != default:
            found.append(f"{name}.{each.name}".lstrip("."))
    return found
