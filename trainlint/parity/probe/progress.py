"""Updates and forward passes as they happen in; where the run stands, and its end, out."""

from __future__ import annotations

import atexit
import os

from .stream import Stream


class Progress:
    """How many updates are done, and how many training passes of the next one.

    A run ends where the first pass of the update after the last begins, so that what follows the last update
    (evaluation, a checkpoint, a line of the log) still happens.
    """

    def __init__(self, steps: int, stream: Stream) -> None:
        self._steps = steps
        self._stream = stream
        self._ending = False
        self.step = 0
        self.micro = 0
        self.index = 0
        #: Whether there is something to train yet.
        self.begun = False
        #: Whether the last pass had gradients in eval mode: an evaluation, or all there is of training.
        self.unsure = False
        atexit.register(self._left)

    def passed(self) -> None:
        """A training pass begins."""
        if self.step < self._steps:
            return
        if self._ending:
            # The program caught what should have ended it.
            self._stream.flush()
            os._exit(0)
        self._ending = True
        self._stream.event("stopped", step=self.step)
        self._stream.stopped()
        raise SystemExit(0)

    def derived(self) -> None:
        """Gradients are asked for: what the last pass was for is clear now."""
        if self.unsure:
            self.passed()

    def due(self, count: int) -> None:
        """An optimizer with `count` updates is about to make another: no pass of it may have been seen."""
        if count >= self._steps:
            self.passed()

    def entered(self) -> int:
        """A pass of any kind begins: its number since the last update."""
        self.index += 1
        return self.index - 1

    def updated(self, count: int) -> None:
        """An optimizer has made its `count`-th update."""
        self.step = max(self.step, count)
        self.micro = 0
        self.index = 0
        self._stream.reached(self.step)
        self._stream.flush()

    def _left(self) -> None:
        self._stream.event("left", step=self.step, stopped=self._ending)
        self._stream.flush()
