"""A request to stop: from the system to the loop, which saves before it leaves."""

from __future__ import annotations

import signal
from types import FrameType

from trainer.distributed import Ranks, largest_over_ranks


class StopRequest:
    """Remembers SIGTERM; all ranks stop after the same step."""

    def __init__(self) -> None:
        self._asked = False

    def listen(self) -> None:
        """From now on SIGTERM asks to stop."""
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def asked(self, ranks: Ranks) -> bool:
        """Whether any rank was asked to stop."""
        return bool(largest_over_ranks(int(self._asked), ranks))
