"""Learning to answer puzzles and to know when an answer is right: steps of a reasoner in, a loss out.

Shapes are written B (batch), T (cells), V (vocabulary).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from trainer.act import Carry, Moment, halts, moment
from trainer.configuration.arch import CellLoss, Halting, RecursiveConfig
from trainer.data.batches import Batch
from trainer.data.puzzles.batches import DRAWS
from trainer.data.puzzles.group import IGNORE_LABEL_ID
from trainer.device import widest
from trainer.models.recursive.core import Answer
from trainer.objective import StepLoss
from trainer.schedules import Clock


def softmax_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """(B, T, V) and (B, T) to (B, T), 0 where the label is ignored; in fp32 at least."""
    wide = logits if logits.dtype.itemsize >= 4 else logits.float()
    return F.cross_entropy(wide.transpose(1, 2), labels, ignore_index=IGNORE_LABEL_ID, reduction="none")


def stablemax_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """The same under s(x) / sum s, s(x) = x + 1 from 0 on and 1 / (1 - x) below (Prieto et al. 2025).

    It grows like a line instead of e^x: no logit is absorbed by rounding however sure the model gets.
    """
    wide = logits.to(widest(logits.device))
    scores = torch.where(wide < 0, 1.0 / (1.0 - wide.clamp(max=0.0)), wide + 1.0)
    asked = labels != IGNORE_LABEL_ID
    own = scores.gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    loss = torch.where(asked, scores.sum(-1).log() - own.log(), 0.0)
    return loss.to(torch.promote_types(logits.dtype, torch.float32))


_CELL_LOSSES: dict[CellLoss, Callable[[Tensor, Tensor], Tensor]] = {
    CellLoss.softmax: softmax_cross_entropy,
    CellLoss.stablemax: stablemax_cross_entropy,
}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """How good one step's answers are, row by row: all (B,)."""

    #: The mean over the cells that are asked for, in nats.
    cell_loss: Tensor
    #: Binary cross entropy of the halting head against `exact`, in nats.
    q_loss: Tensor
    #: The likelihood, as the halting head has it, that the row goes on.
    going_on: Tensor
    #: Right cells, cells that are asked for, whether all are right, whether the head said so.
    right: Tensor
    asked: Tensor
    exact: Tensor
    q_right: Tensor


def rated(answer: Answer, labels: Tensor, cell_loss: Callable[[Tensor, Tensor], Tensor]) -> Rows:
    """Hold one step's answers against the labels."""
    asked = labels != IGNORE_LABEL_ID
    right = (answer.logits.argmax(-1) == labels) & asked
    exact = (right == asked).all(-1)
    q_halt = answer.q_halt if answer.q_halt.dtype.itemsize >= 4 else answer.q_halt.float()
    return Rows(
        cell_loss=cell_loss(answer.logits, labels).sum(-1) / asked.sum(-1).clamp(min=1),
        q_loss=F.binary_cross_entropy_with_logits(q_halt, exact.to(q_halt.dtype), reduction="none"),
        going_on=torch.sigmoid(-q_halt),
        right=right.sum(-1),
        asked=asked.sum(-1),
        exact=exact,
        q_right=(q_halt > 0) == exact,
    )


class ACTLossHead(ABC):
    """The loss of a step: cells, the halting head, and a penalty for thinking on; each a mean over rows.

    The penalty takes the place of Graves's ponder cost, the expected number of steps: the likelihood to go on
    has a gradient, the number of steps that were taken has none.
    """

    def __init__(self, config: RecursiveConfig) -> None:
        self.config = config
        self.cell_loss = _CELL_LOSSES[config.loss]

    @abstractmethod
    def __call__(self, model: nn.Module, batch: Batch, clock: Clock, micro_step: int) -> StepLoss:
        """Forward of one micro-step, in training mode."""

    def measure(self, model: nn.Module, batch: Batch) -> dict[str, tuple[Tensor, Tensor]]:
        """All steps of each puzzle, whatever the halting head says; the answers of the last one.

        Nothing that training remembers is read or changed.
        """
        _, answers = model(batch, None, self.config.halt_max_steps)
        rows = rated(answers[-1], batch["labels"], self.cell_loss)
        count = rows.asked.new_tensor(len(rows.exact))
        loss = rows.cell_loss + self.config.q_halt_weight * rows.q_loss
        return {
            "loss": (loss.sum(), count),
            "cell_accuracy": (rows.right.sum(), rows.asked.sum()),
            "exact_accuracy": (rows.exact.sum(), count),
            "q_halt_accuracy": (rows.q_right.sum(), count),
        }

    def derived(self, means: dict[str, float]) -> dict[str, float]:
        """Nothing: all that is told is measured."""
        return {}

    def _step_loss(self, rows: Rows, now: Moment) -> Tensor:
        loss = rows.cell_loss + self.config.q_halt_weight * rows.q_loss + now.step_penalty * rows.going_on
        return loss.mean()

    @abstractmethod
    def state_dict(self) -> dict[str, Any]:
        """What is remembered between batches."""

    @abstractmethod
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint remembers."""


class FixedHalting(ACTLossHead):
    """Each puzzle gets all its steps in the micro-step that brings it; the loss is the mean over the steps.

    States pass from step to step without a graph, as in deep supervision; nothing is remembered.
    """

    def __call__(self, model: nn.Module, batch: Batch, clock: Clock, micro_step: int) -> StepLoss:
        """All steps of all rows."""
        now = moment(self.config, clock)
        _, answers = model(batch, None, now.max_steps)
        steps = [rated(answer, batch["labels"], self.cell_loss) for answer in answers]
        loss = torch.stack([self._step_loss(rows, now) for rows in steps]).mean()
        done = torch.ones_like(steps[-1].exact)
        return StepLoss(
            loss=loss, metrics=_finished(steps[-1], done, torch.full_like(steps[-1].asked, now.max_steps))
        )

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to go on with."""


class DynamicHalting(ACTLossHead):
    """One step of every row in each micro-step; rows that halt take their next puzzle from the next batch.

    What the others are at is the carry, one for each micro-step of an optimizer step: so a row of a
    micro-batch goes on with itself, however micro-steps are shared out among ranks. Rows that are not free
    leave their share of a batch unused.
    """

    def __init__(self, config: RecursiveConfig) -> None:
        super().__init__(config)
        self.carries: dict[int, Carry] = {}

    def __call__(self, model: nn.Module, batch: Batch, clock: Clock, micro_step: int) -> StepLoss:
        """One step of all rows."""
        now = moment(self.config, clock)
        device = batch["inputs"].device
        before = self.carries.get(micro_step)
        if before is not None:
            before = before.to(device).resized(len(batch["inputs"]))
        carry, (answer,) = model(batch, before, 1)
        rows = rated(answer, carry.puzzles["labels"], self.cell_loss)
        halted = halts(answer.q_halt.detach(), carry.steps, batch[DRAWS], now)
        self.carries[micro_step] = replace(carry, halted=halted)
        return StepLoss(loss=self._step_loss(rows, now), metrics=_finished(rows, halted, carry.steps))

    def state_dict(self) -> dict[str, Any]:
        """The carry of each micro-step."""
        return {
            "carries": {
                micro_step: carry.to(torch.device("cpu")).state_dict()
                for micro_step, carry in self.carries.items()
            }
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on with what a checkpoint remembers; with nothing, where halting was fixed then."""
        self.carries = {
            micro_step: Carry.from_state(saved) for micro_step, saved in state.get("carries", {}).items()
        }


def _finished(rows: Rows, done: Tensor, steps: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """What is known of the rows that ended with this step: `(sum, count)` each, detached."""
    count = done.sum()
    return {
        "cell_accuracy": ((rows.right * done).sum(), (rows.asked * done).sum()),
        "exact_accuracy": ((rows.exact & done).sum(), count),
        "q_halt_accuracy": ((rows.q_right & done).sum(), count),
        "steps": ((steps * done).sum(), count),
    }


def loss_head(config: RecursiveConfig) -> ACTLossHead:
    """The loss head of the halting that the config asks for."""
    return _HEADS[config.halting](config)


_HEADS: dict[Halting, Callable[[RecursiveConfig], ACTLossHead]] = {
    Halting.fixed: FixedHalting,
    Halting.dynamic: DynamicHalting,
}
