"""Events of a process in, a JSON-lines file and a binary file beside it out.

A line of the first is an event. The second holds one fixed record a tensor, which the events refer to by
number, and a third, where contents are kept, their bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NoReturn

#: CRC-32 of a tensor's bytes; norm, sum and largest absolute value in fp64; its bytes' place and number.
RECORD = struct.Struct("<Idddqq")
#: How many events are held back at most.
_HELD = 4_096


class Stream:
    """What a process does, appended as it happens; a process that never trains leaves no file."""

    def __init__(self, folder: str, contents: int, since: int = 0) -> None:
        self._folder = Path(folder)
        self._left = contents
        self._since = since
        self._step = 0
        self._held: list[str] = []
        self._events: IO[str] | None = None
        self._records: IO[bytes] | None = None
        self._bytes: IO[bytes] | None = None
        self._written = 0
        self._kept = 0
        #: The number of this process among those that train together, once it does.
        self.rank = "0"
        # The child takes buffers along and would write them a second time.
        os.register_at_fork(before=self.flush, after_in_child=self._forget)

    def event(self, kind: str, **fields: object) -> None:
        """Append an event."""
        self._held.append(json.dumps({"event": kind, **fields}, default=str) + "\n")
        if len(self._held) >= _HELD:
            self.flush()

    def open(self) -> None:
        """Open the files of this process."""
        if self._events is not None:
            return
        self.rank = _rank()
        name = f"rank{self.rank}-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._records = (self._folder / f"{name}.tensors").open("wb")
            self._bytes = (self._folder / f"{name}.contents").open("wb")
            self._events = (self._folder / f"{name}.jsonl").open("w", encoding="utf-8")
        except OSError as error:
            self._end(error)

    def record(self, digest: tuple[int, float, float, float], contents: bytes | memoryview | None) -> int:
        """Append the record of a tensor; its number."""
        # In a forked child that goes on with its parent's optimizer it is not.
        self.open()
        assert self._records is not None
        assert self._bytes is not None
        place, size = -1, 0
        if contents is not None and self.keeps:
            if len(contents) <= self._left:
                place, size = self._kept, len(contents)
                try:
                    self._bytes.write(contents)
                except OSError as error:
                    self._end(error)
                self._kept += size
                self._left -= size
            else:
                # From here on nothing is kept: half of what an update needs is no use.
                self._left = 0
                self.event("full", step=self._step)
        try:
            self._records.write(RECORD.pack(*digest, place, size))
        except OSError as error:
            self._end(error)
        self._written += 1
        return self._written - 1

    @property
    def keeps(self) -> bool:
        """Whether contents of tensors are kept, too."""
        return self._left > 0 and self._step >= self._since

    def reached(self, step: int) -> None:
        """An update has been made: contents may be kept from here on."""
        self._step = step

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Contents are kept within, whichever update it is."""
        since, self._since = self._since, 0
        try:
            yield
        finally:
            self._since = since

    def flush(self) -> None:
        """Write out what is buffered, so that a process that is killed leaves all its whole steps.

        Tensors go first: no event in the file refers to a record that is not there.
        """
        if self._events is None:
            # Only what is last is of interest should this process still turn out to be one that trains.
            del self._held[: -_HELD // 2]
            return
        try:
            for file in (self._records, self._bytes):
                if file is not None:
                    file.flush()
            self._events.writelines(self._held)
            self._events.flush()
        except OSError as error:
            self._end(error)
        self._held.clear()

    def _end(self, error: OSError) -> NoReturn:
        """End this process, as what it does cannot be written: a program could catch an error and go on."""
        with suppress(OSError):
            os.write(2, f"\ntrainlint: {self._folder} takes no more of what is seen: {error}\n".encode())
        os._exit(os.EX_IOERR)

    def stopped(self) -> None:
        """Leave a mark that this process has done all that it should; it is given some time to end."""
        self.flush()
        if self._events is not None:
            Path(self._events.name).with_suffix(".stopped").touch()

    def _forget(self) -> None:
        """In a forked child: the files are the parent's, and the child is not known to train."""
        self._events = self._records = self._bytes = None
        self._held = []
        self._written = self._kept = 0


def _rank() -> str:
    """The number of this process among those that train together, as it knows it when it begins to."""
    distributed: Any = sys.modules.get("torch.distributed")
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return str(distributed.get_rank())
    return os.environ.get("RANK", "0")
