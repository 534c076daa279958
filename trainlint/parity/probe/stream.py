"""Events of a process in, a JSON-lines file and a binary file beside it out.

A line of the first is an event. The second holds one fixed record a tensor, which the events refer to by
number, and a third, where contents are kept, their bytes.
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import IO

#: CRC-32 of a tensor's bytes; norm, sum and largest absolute value in fp64; its bytes' place and number.
RECORD = struct.Struct("<Idddqq")
#: How many events are held back until the process turns out to be one that trains.
_HELD = 10_000


class Stream:
    """What a process does, appended as it happens; a process that never trains leaves no file."""

    def __init__(self, folder: str, contents: int) -> None:
        self._folder = Path(folder)
        self._left = contents
        self._held: list[str] = []
        self._events: IO[str] | None = None
        self._records: IO[bytes] | None = None
        self._bytes: IO[bytes] | None = None
        self._written = 0
        self._kept = 0
        # The child takes buffers along and would write them a second time.
        os.register_at_fork(before=self.flush, after_in_child=self._forget)

    def event(self, kind: str, **fields: object) -> None:
        """Append an event."""
        line = json.dumps({"event": kind, **fields}, default=str) + "\n"
        if self._events is not None:
            self._events.write(line)
        elif len(self._held) < _HELD:
            self._held.append(line)

    def open(self) -> None:
        """Open the files of this process; what was held back is written."""
        if self._events is not None:
            return
        name = f"rank{os.environ.get('RANK', '0')}-{os.getpid()}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._records = (self._folder / f"{name}.tensors").open("wb")
        self._bytes = (self._folder / f"{name}.contents").open("wb")
        self._events = (self._folder / f"{name}.jsonl").open("w", encoding="utf-8")
        self._events.writelines(self._held)
        self._held.clear()

    def record(self, digest: tuple[int, float, float, float], contents: bytes | None) -> int:
        """Append the record of a tensor; its number."""
        if self._records is None or self._bytes is None:
            raise ValueError("the stream is not open")
        place, size = -1, 0
        if contents is not None and len(contents) <= self._left:
            place, size = self._kept, len(contents)
            self._bytes.write(contents)
            self._kept += size
            self._left -= size
        self._records.write(RECORD.pack(*digest, place, size))
        self._written += 1
        return self._written - 1

    @property
    def keeps(self) -> bool:
        """Whether contents of tensors are kept, too."""
        return self._left > 0

    def flush(self) -> None:
        """Write out what is buffered, so that a process that is killed leaves all its whole steps."""
        for file in (self._records, self._bytes, self._events):
            if file is not None:
                file.flush()

    def _forget(self) -> None:
        """In a forked child: the files are the parent's, and the child is not known to train."""
        self._events = self._records = self._bytes = None
        self._held = []
        self._written = self._kept = 0
