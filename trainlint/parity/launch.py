"""A command line with limits in, how its run ended out; nothing that it started is left running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from trainlint.record import record

#: Seconds between two looks at a run, and those that it is given to end by itself when told to.
_LOOK = 0.05
_GRACE = 5.0
_LINES = 15


@record
class Limits:
    """How long a run may take, in seconds, and how much memory all its processes may hold, in bytes."""

    seconds: float
    memory: int


@record
class Ended:
    """How a run ended: `code` is its exit code, `reason` what ended it if it did not by itself."""

    code: int
    reason: str
    seconds: float
    output: str
    errors: str

    @property
    def last_lines(self) -> str:
        """The last lines that the run wrote, what it wrote to standard error rather than what it printed."""
        said = self.errors if self.errors.strip() else self.output
        return "\n".join(said.strip().splitlines()[-_LINES:])


def run(
    words: Sequence[str], folder: Path, environment: Mapping[str, str], logs: Path, limits: Limits
) -> Ended:
    """Run a command in a session of its own; it is ended when it passes a limit, with all that it started."""
    logs.mkdir(parents=True, exist_ok=True)
    output, errors = logs / "stdout", logs / "stderr"
    began = time.monotonic()
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            list(words),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            reason = _watched(process, began, limits)
        finally:
            _end(process)
    return Ended(process.returncode, reason, time.monotonic() - began, _text(output), _text(errors))


def _watched(process: subprocess.Popen[bytes], began: float, limits: Limits) -> str:
    while process.poll() is None:
        if time.monotonic() - began > limits.seconds:
            return f"it took longer than {limits.seconds:g} s (--timeout)"
        held = sum(_memory(member) for member in _members(process.pid))
        if held > limits.memory:
            return f"it held {held >> 20} MB of memory, more than {limits.memory >> 20} MB (--memory)"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
    return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a run and what it started, first by asking."""
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    _signal(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + _GRACE
    while any(True for _ in _members(process.pid)) and time.monotonic() < deadline:
        _signal(process.pid, signal.SIGKILL)
        time.sleep(_LOOK)


def _signal(session: int, number: signal.Signals) -> None:
    for member in list(_members(session)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(member, number)


def _members(session: int) -> Iterator[int]:
    """The live processes of a session, whatever process group they are in."""
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            fields = _stat(entry)
            # After the command, which may hold blanks and brackets: state, parent, group, session.
            if len(fields) > 3 and fields[3] == str(session) and fields[0] not in "ZX":
                yield int(entry)


def _stat(entry: str) -> list[str]:
    try:
        return Path("/proc", entry, "stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _memory(member: int) -> int:
    """Resident bytes of a process."""
    fields = _stat(str(member))
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 21 else 0


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")
