"""The number of a process in, all that descend from it and the memory they hold out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from trainlint.record import record

_PROC = sys.platform == "linux"
#: What other systems than Linux tell: number, parent, group, state and resident kilobytes of each process.
_PS = ["ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,rss="]
#: A kernel that makes this process the parent of all below it whose own parent has ended: prctl's number.
_SUBREAPER = 36
#: A kernel that sends a signal when the parent has ended: prctl's number.
_END_WITH_PARENT = 1
#: A longer command line is cut.
_LENGTH = 200


@record
class Process:
    """A process that has not ended: its number, its parent's, its group's, and resident bytes."""

    number: int
    parent: int
    group: int
    resident: int


def adopt() -> None:
    """Become the parent of what descends from here and loses its own, where the kernel offers that."""
    if _PROC:
        import ctypes

        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def follow() -> None:
    """End together with the parent of this process, where the kernel offers that."""
    if _PROC:
        import ctypes

        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


class Family:
    """What descends from a process.

    A process whose parent has ended belongs to it still: on Linux by `adopt`, elsewhere by its group, if that
    was seen here before.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._groups: set[int] = set()

    def members(self) -> list[Process]:
        """The processes below the root."""
        every = list(_from_proc()) if _PROC else list(_from_ps())
        children: dict[int, list[Process]] = {}
        for process in every:
            children.setdefault(process.parent, []).append(process)
        below, waiting = {}, [self._root]
        while waiting:
            for process in children.get(waiting.pop(), ()):
                below[process.number] = process
                waiting.append(process.number)
        self._groups.update(process.group for process in below.values())
        self._groups.discard(os.getpgid(self._root))
        below.update((process.number, process) for process in every if process.group in self._groups)
        return list(below.values())


def held(members: Iterable[Process], limit: int) -> int:
    """Bytes that processes hold; where they seem to pass the limit, what they share is counted once."""
    known = list(members)
    resident = sum(process.resident for process in known)
    return sum(map(_share, known)) if resident > limit else resident


def command(number: int) -> str:
    """The command line of a process, if it can be told."""
    try:
        words = Path("/proc", str(number), "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return " ".join(word.decode("utf-8", "replace") for word in words).strip()[:_LENGTH]


def _from_proc() -> Iterator[Process]:
    page = os.sysconf("SC_PAGE_SIZE")
    for entry in os.listdir("/proc"):
        if not entry.isdecimal():
            continue
        try:
            text = Path("/proc", entry, "stat").read_text("utf-8", errors="replace")
        except OSError:
            continue
        # After the command, which may hold blanks and brackets: state, parent, group; pages are the 22nd.
        fields = text.rpartition(")")[2].split()
        if len(fields) > 21 and fields[0] not in "ZX":
            yield Process(int(entry), int(fields[1]), int(fields[2]), int(fields[21]) * page)


def _from_ps() -> Iterator[Process]:
    told = subprocess.run(_PS, capture_output=True, check=False)
    for line in told.stdout.decode("utf-8", "replace").splitlines():
        number, parent, group, state, kilobytes = line.split()
        if state[0] not in "ZX":
            yield Process(int(number), int(parent), int(group), int(kilobytes) << 10)


def _share(process: Process) -> int:
    """What a process holds, pages that it shares with others divided by those."""
    try:
        text = Path("/proc", str(process.number), "smaps_rollup").read_text("utf-8")
    except OSError:
        return process.resident
    sizes = (line.split() for line in text.splitlines())
    return next((int(words[1]) << 10 for words in sizes if words[0] == "Pss:"), process.resident)
