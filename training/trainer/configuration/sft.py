"""What supervised fine-tuning adds to a run, and what it has no place for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    if config.data.tokenizer.kind.value != "auto":
        raise TrainerError(
            f"data.tokenizer.kind is {config.data.tokenizer.kind.value}, but a chat model has its own "
            "tokenizer: leave it at auto"
        )
    asked = {
        "freeze": bool(config.freeze),
        "operations": bool(config.operations),
        "ema_rate": config.ema_rate is not None,
        "logging.analysis_interval": config.logging.analysis_interval is not None,
    }
    if config.distributed.kind.value != "ddp":
        raise TrainerError("distributed.kind is fsdp, but task sft knows ddp alone")
    for key, unfit in asked.items():
        if unfit:
            raise TrainerError(f"{key} is set, but task sft has none: leave it empty")
