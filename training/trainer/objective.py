"""What a run makes smaller: a batch in, the loss of one micro-step out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Protocol

from torch import Tensor, nn
from torch.nn import functional as F

from trainer.data.batches import Batch
from trainer.schedules import Clock


@dataclass(frozen=True, kw_only=True)
class StepLoss:
    """What one micro-step gives."""

    #: Scalar, a mean over the micro-batch: what is differentiated.
    loss: Tensor
    #: Detached scalars to be logged: `(sum, count)` each, so that ranks and micro-steps can be added.
    metrics: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict)


class Objective(Protocol):
    """One way to learn from batches; it may remember something between them (a carry)."""

    def __call__(self, model: nn.Module, batch: Batch, clock: Clock, micro_step: int) -> StepLoss:
        """Forward of one micro-step, in training mode."""

    def measure(self, model: nn.Module, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """`(sum, count)` of each metric over a batch, in evaluation mode; `loss` is always among them."""

    def derived(self, means: dict[str, float]) -> dict[str, float]:
        """Metrics that follow from the means of those that were measured."""

    def state_dict(self) -> dict[str, Any]:
        """What is remembered between batches."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint remembers."""


class NextToken:
    """Cross entropy of the next token; remembers nothing."""

    def __call__(self, model: nn.Module, batch: Batch, clock: Clock, micro_step: int) -> StepLoss:
        """The mean over all tokens of the micro-batch, in nats."""
        return StepLoss(loss=_cross_entropy(model(batch["inputs"]), batch["targets"], "mean"))

    def measure(self, model: nn.Module, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """The loss in nats a token."""
        total = _cross_entropy(model(batch["inputs"]), batch["targets"], "sum")
        return {"loss": (total, total.new_tensor(batch["targets"].numel()))}

    def derived(self, means: dict[str, float]) -> dict[str, float]:
        """The perplexity: e to the mean loss."""
        # Beyond this a double has no number for it.
        return {"perplexity": math.exp(means["loss"]) if means["loss"] < 700 else math.inf}

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to go on with."""


def _cross_entropy(logits: Tensor, targets: Tensor, reduction: str) -> Tensor:
    """In the dtype of the logits, fp32 at least."""
    flat = logits.flatten(0, 1)
    flat = flat if flat.dtype.itemsize >= 4 else flat.float()
    return F.cross_entropy(flat, targets.flatten(), reduction=reduction)
