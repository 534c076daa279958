"""Weights as they were digested in; what they are where training goes on, if it is something else, out.

A program may round or bound its weights once the optimizer is done, or evaluate an average in their place
before it begins.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from .digests import address, written
from .replay import Replay
from .stream import Stream

#: Up to this update norms are taken: what goes through `.data` leaves no other mark.
_FIRST = 2

#: Where a tensor lies, how often it was changed, and its norm where that was taken.
_Mark = tuple[int, int, float]


class Settled:
    """Looks at weights again where the first training pass begins after they were digested."""

    def __init__(self, stream: Stream, replay: Replay | None) -> None:
        self._stream = stream
        self._replay = replay
        self._marks: list[_Mark] | None = None
        self._step = -1
        #: Whether weights change without a mark.
        self._is_restless = False

    def left(self, step: int, parameters: Sequence[Tensor]) -> None:
        """Weights have been digested, after an update or, as of update -1, before the first pass."""
        self._step = step
        self._marks = self._marked(parameters)

    def look(self, parameters: Sequence[Tensor]) -> None:
        """A training pass begins: note what the weights are if they may be others."""
        if self._marks is None:
            return
        before, now = self._marks, self._marked(parameters)
        self._marks = None
        if not self._is_restless and before == now:
            return
        self._is_restless |= [mark[:2] for mark in before] == [mark[:2] for mark in now]
        self._stream.event("settled", step=max(self._step, 0), tensors=written(parameters, self._stream))
        if self._replay is not None:
            self._replay.settled(self._step, parameters)

    def _marked(self, parameters: Sequence[Tensor]) -> list[_Mark]:
        takes = self._step < _FIRST
        return [(address(entry), entry._version, _norm(entry) if takes else 0.0) for entry in parameters]


def _norm(tensor: Tensor) -> float:
    """The norm of what this rank has of a tensor."""
    local = getattr(tensor, "to_local", None)
    values = (tensor if local is None else local()).detach()
    if not values.is_floating_point():
        return 0.0
    return float(torch.linalg.vector_norm(values, dtype=torch.float64))
