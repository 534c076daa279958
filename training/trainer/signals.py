"""A request to stop: from the system to the loop, which saves before it leaves."""

from __future__ import annotations

import os
import signal
from types import FrameType

from trainer.distributed import Ranks, largest_over_ranks

#: Why a run stops early, in words that follow "stopped"; the larger one is told.
_REASONS = (None, "by a signal", "because its launcher is gone")


class StopRequest:
    """Remembers SIGTERM, and notices when torchrun is gone; all ranks stop after the same step.

    Nothing tells the processes of a launcher that was killed. They would train on beside those that are
    started in their place.
    """

    def __init__(self) -> None:
        self._signalled = False
        self._launcher = os.getppid() if "TORCHELASTIC_RUN_ID" in os.environ else None

    def listen(self) -> None:
        """From now on SIGTERM asks to stop."""
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._signalled = True

    def asked(self, ranks: Ranks) -> str | None:
        """Why any rank must stop; None while none must."""
        alone = self._launcher is not None and os.getppid() != self._launcher
        return _REASONS[largest_over_ranks(2 if alone else int(self._signalled), ranks)]
