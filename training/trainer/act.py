"""Adaptive computation time: what a batch of reasoners takes from step to step, and which rows stop.

The idea is Graves's (2016, "Adaptive Computation Time for Recurrent Neural Networks"); that rows which stop
make room for new puzzles while others go on is HRM's (Wang et al. 2025), the halting head that learns whether
the answer is right TRM's (Jolicoeur-Martineau 2025).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from trainer.configuration.arch import AnnealingConfig, RecursiveConfig
from trainer.data.batches import Batch
from trainer.models.recursive.latents import Latents
from trainer.schedules import Clock, annealed, share


@dataclass(frozen=True, kw_only=True)
class Carry:
    """What goes on from one forward to the next, row by row; no tensor has a graph.

    Shapes: B (rows), S (places), K (places of the context), C (width).
    """

    #: (B, S, C) each.
    latents: Latents
    #: (B,) int64: steps that were spent on the puzzle.
    steps: Tensor
    #: (B,) bool: rows that the next batch replaces.
    halted: Tensor
    #: The puzzles of the rows, each tensor (B, …).
    puzzles: Batch
    #: (B, K, C): what the encoder said of them, where it is asked once a puzzle.
    context: Tensor | None

    def to(self, device: torch.device) -> Carry:
        """The same on a device."""
        return self._each(lambda tensor: tensor.to(device))

    def resized(self, rows: int) -> Carry:
        """The first rows; where there are fewer, halted ones after them."""
        extra = max(0, rows - len(self.steps))
        grown = self._each(
            lambda tensor: torch.cat((tensor[:rows], tensor.new_zeros(extra, *tensor.shape[1:])))
        )
        return replace(grown, halted=torch.cat((self.halted[:rows], self.halted.new_ones(extra))))

    def _each(self, change: Callable[[Tensor], Tensor]) -> Carry:
        return Carry(
            latents=Latents(high=change(self.latents.high), low=change(self.latents.low)),
            steps=change(self.steps),
            halted=change(self.halted),
            puzzles={name: change(value) for name, value in self.puzzles.items()},
            context=None if self.context is None else change(self.context),
        )

    def state_dict(self) -> dict[str, Any]:
        """Plain tensors, for a checkpoint."""
        return {
            "high": self.latents.high,
            "low": self.latents.low,
            "steps": self.steps,
            "halted": self.halted,
            "puzzles": self.puzzles,
            "context": self.context,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Carry:
        """What `state_dict` gave."""
        return cls(
            latents=Latents(high=state["high"], low=state["low"]),
            **{name: state[name] for name in ("steps", "halted", "puzzles", "context")},
        )


def where_rows(rows: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """`new` in the rows (B,) that are true, `old` in the others; both are (B, …)."""
    return torch.where(rows.view(-1, *(1,) * (new.dim() - 1)), new, old)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The numbers of halting at one step of the run."""

    #: No row takes more steps.
    max_steps: int
    #: How likely a row is made to think on for a random number of steps.
    exploration: float
    #: The spread of the noise on the halting head; 0 decides by its sign alone.
    temperature: float
    #: Whether the head is asked yet.
    asked: bool
    #: The weight of the likelihood to go on, in the loss.
    step_penalty: float


def moment(config: RecursiveConfig, clock: Clock) -> Moment:
    """Everything that anneals, by the one clock."""
    return Moment(
        max_steps=config.halt_max_steps,
        exploration=_now(config.exploration, clock),
        temperature=_now(config.temperature, clock),
        asked=clock.progress >= share(config.halt_warmup_ratio, config.halt_warmup_steps, clock),
        step_penalty=_now(config.step_penalty, clock),
    )


def _now(config: AnnealingConfig, clock: Clock) -> float:
    taken = share(config.ratio, config.steps, clock)
    return annealed(config.start, config.end, config.law.value, taken, clock)


def halts(q_halt: Tensor, steps: Tensor, draws: Tensor, now: Moment) -> Tensor:
    """Which rows stop: all of them (B,), `draws` (B, 3) uniform in [0, 1).

    A row stops when its steps are used up, or when the head says so: with the likelihood
    `sigmoid(q_halt / temperature)`, whose limit at temperature 0 is `q_halt > 0`. A row that explores must
    first take a random number of steps from 2 to all, so that the head sees what thinking on would bring
    (HRM, appendix on Q-learning).
    """
    explores, share, noise = draws.unbind(-1)
    wants = q_halt + now.temperature * torch.logit(noise, eps=1e-6) > 0
    random_least = 2 + (share * (now.max_steps - 1)).floor()
    least = torch.where(explores < now.exploration, random_least, 0.0)
    return (steps >= now.max_steps) | (wants & (steps >= least) & now.asked)
