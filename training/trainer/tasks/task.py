"""What every kind of task gives to the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import nn

from trainer.data.batches import BatchSource
from trainer.objective import Objective
from trainer.tokenizers import Tokenizer


@dataclass(frozen=True, kw_only=True)
class Task:
    """A model, what it learns from, and what is made smaller."""

    #: Fresh weights, on the CPU, in fp32.
    model: nn.Module
    objective: Objective
    #: The stream that the run trains on.
    train: BatchSource
    #: `train` and `val` as they are measured: streams of their own, the same batches each time.
    measured: dict[str, BatchSource]
    #: None where nothing is text.
    tokenizer: Tokenizer | None
    #: Samples of one epoch, for runs that count epochs.
    samples: float
    #: Tokens (or cells) of one sample, for throughput.
    tokens_per_sample: int
    #: What a checkpoint keeps beside the configuration, so that the same model can be built again.
    blueprint: dict[str, Any] = field(default_factory=dict)
    #: The tokens that a sample at the end of the run goes on from; empty where nothing is sampled.
    prompt: tuple[int, ...] = ()
    #: What was decided while preparing, for a person.
    notes: tuple[str, ...] = ()
