"""An order on standard input in, a program that runs within its limits and how it ended out.

A process of its own stands between trainlint and the program that it runs: all that the program starts
descends from here, so that all of it can be found and ended, whatever became of trainlint itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trainlint.parity.mounts import laid_over
from trainlint.parity.processes import Family, Process, adopt, command, follow, held
from trainlint.record import record

#: Seconds between two looks at what a program holds, and those that it has to end by itself when told to.
_LOOK = 0.2
_GRACE = 3.0
#: Seconds that a program may go on after its last update, to save and to clean up.
_AFTER = 15.0
#: Seconds until what cannot be ended is given up.
_LAST = 10.0
_SHORT = 0.02
#: How many of the processes that a program left behind are named.
_NAMED = 3


@record
class Order:
    """What to run, as `launch` writes it.

    `output` and `errors` are files, `traces` the folder where its watched processes leave theirs. Each of
    `views` is a folder and where to put what the program writes below it. `scratch` is removed when trainlint
    is no longer there to do that.
    """

    words: Sequence[str]
    folder: str
    environment: dict[str, str]
    output: str
    errors: str
    traces: str
    scratch: str
    seconds: float
    memory: int
    written: int
    views: Sequence[tuple[str, str]]


def main() -> None:
    """Run what standard input orders; standard output tells how it ended."""
    order = Order(**json.loads(sys.stdin.buffer.readline()))
    refused = laid_over(order.views) if order.views else ""
    if refused:
        _tell(refused=refused)
        return
    adopt()
    woken = _waking()
    try:
        program = Program(order, woken)
    except OSError as error:
        _tell(refused=f"{order.words[0]}: {error.strerror}")
        return
    _tell(**program.kept())


def _tell(**result: object) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(result))
        sys.stdout.flush()


def _remove(order: Order) -> None:
    """Remove what trainlint has made, and the short way to the folder of temporary files, if there is one."""
    way = order.environment.get("TMPDIR", "")
    if os.path.islink(way) and os.readlink(way).startswith(order.scratch + os.sep):
        shutil.rmtree(os.path.dirname(way), ignore_errors=True)
    shutil.rmtree(order.scratch, ignore_errors=True)


def _waking() -> int:
    """A file that can be read from when a child has ended."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading


class Program:
    """A program that runs, with all that it has started."""

    def __init__(self, order: Order, woken: int) -> None:
        self._order = order
        self._woken = woken
        self._family = Family(os.getpid())
        self._waits = os.getppid()
        self._began = time.monotonic()
        with open(order.output, "wb") as out, open(order.errors, "wb") as err:
            self._process = subprocess.Popen(
                list(order.words),
                cwd=order.folder,
                env=order.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                # Signals that it sends to its own group do not come here.
                start_new_session=True,
                preexec_fn=follow,
            )

    def kept(self) -> dict[str, Any]:
        """Wait for its end, or bring it about; how it ended."""
        reason = self._watched()
        seconds = time.monotonic() - self._began
        left = (
            [] if self._process.returncode is None else [command(entry.number) for entry in self._members()]
        )
        self._end()
        if os.getppid() != self._waits:
            _remove(self._order)
        return {"code": self._process.returncode, "reason": reason, "seconds": seconds, "left": left[:_NAMED]}

    def _watched(self) -> str:
        """Wait until the program ends or passes a limit: which one."""
        while self._process.returncode is None:
            ready, _, _ = select.select([sys.stdin, self._woken], [], [], _LOOK)
            if sys.stdin in ready:
                return "it was interrupted"
            if self._woken in ready:
                os.read(self._woken, 1024)
                self._reap()
            elif reason := self._passed():
                return reason
        return ""

    def _passed(self) -> str:
        """The limit that the program has passed, if any."""
        order, seconds = self._order, time.monotonic() - self._began
        if seconds > order.seconds:
            return f"it took longer than {order.seconds:g} s (--timeout)"
        memory = held(self._members(), order.memory)
        if memory > order.memory:
            return f"it held {memory >> 20} MB of memory, more than {order.memory >> 20} MB (--memory)"
        written = sum(os.path.getsize(path) for path in (order.output, order.errors))
        if written > order.written:
            return f"it wrote more than {order.written >> 20} MB to its output"
        return f"it did not end within {_AFTER:g} s after its last update" if self._is_over() else ""

    def _is_over(self) -> bool:
        """Whether all that trains here has been told to stop, long ago."""
        streams = list(Path(self._order.traces).glob("*.jsonl"))
        marks = [path.with_suffix(".stopped") for path in streams]
        if not marks or not all(path.exists() for path in marks):
            return False
        return time.time() - max(path.stat().st_mtime for path in marks) > _AFTER

    def _members(self) -> list[Process]:
        return self._family.members()

    def _reap(self) -> None:
        """Take note of what has ended; the kernel hands over what lost its parent as well."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self._process.pid:
                    self._process.returncode = os.waitstatus_to_exitcode(ended[1])

    def _end(self) -> None:
        """End what there is still, first by asking."""
        self._signal(signal.SIGTERM)
        self._gone(_GRACE)
        deadline = time.monotonic() + _LAST
        while not self._gone(0.0) and time.monotonic() < deadline:
            self._signal(signal.SIGKILL)
            self._gone(_SHORT)

    def _gone(self, seconds: float) -> bool:
        """Whether nothing is left within so many seconds."""
        deadline = time.monotonic() + seconds
        while True:
            self._reap()
            if not self._members():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(min(seconds, _SHORT))

    def _signal(self, number: signal.Signals) -> None:
        for member in self._members():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(member.number, number)
