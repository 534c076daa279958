"""A moving average of the weights beside the weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from trainer.distributed import split_like


class MovingAverage:
    """Keeps `rate * average + (1 - rate) * weights` of every trained parameter."""

    def __init__(self, model: nn.Module, rate: float) -> None:
        self.rate = rate
        self.average = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Take the weights after one optimizer step in."""
        for name, parameter in model.named_parameters():
            if name in self.average:
                self.average[name].lerp_(parameter, 1.0 - self.rate)

    @contextmanager
    def swapped_in(self, model: nn.Module) -> Iterator[None]:
        """The model computes with the averages inside, with its own weights again after."""
        kept = {name: p.detach().clone() for name, p in model.named_parameters() if name in self.average}
        self._copy(model, self.average)
        try:
            yield
        finally:
            self._copy(model, kept)

    @staticmethod
    @torch.no_grad()
    def _copy(model: nn.Module, values: dict[str, Tensor]) -> None:
        for name, parameter in model.named_parameters():
            if name in values:
                parameter.copy_(values[name])

    def state_dict(self) -> dict[str, Tensor]:
        """The averages by the names of the parameters."""
        return self.average

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Go on with the averages of a checkpoint."""
        for name, value in state.items():
            self.average[name].copy_(split_like(value, self.average[name]))
