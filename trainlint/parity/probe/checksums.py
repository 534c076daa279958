"""Texts in, their CRC-32 out, taken by the processors that have nothing to do while a program is watched."""

from __future__ import annotations

import os
import threading
import zlib
from collections import deque
from collections.abc import Sequence

#: So many bytes are worth threads.
_MANY = 1 << 19
#: More threads than this wait for the memory.
_THREADS = 3


class Checksums:
    """The CRC-32 of each text; of many bytes they are begun at once, beside whatever the caller does next.

    Threads live as long as a list of texts: what a program forks has none that it would wait for.
    """

    def __init__(self, texts: Sequence[memoryview]) -> None:
        self._texts = texts
        self._values = [0] * len(texts)
        self._waiting = deque(range(len(texts)))
        others = min(_THREADS, _processors() - 1) if sum(map(len, texts)) >= _MANY else 0
        self._beside = [threading.Thread(target=self._take, daemon=True) for _ in range(others)]
        for thread in self._beside:
            thread.start()

    def taken(self) -> list[int]:
        """Take what is left, wait for the rest."""
        self._take()
        for thread in self._beside:
            thread.join()
        return self._values

    def _take(self) -> None:
        while True:
            try:
                place = self._waiting.popleft()
            except IndexError:
                return
            self._values[place] = zlib.crc32(self._texts[place])


def _processors() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1
