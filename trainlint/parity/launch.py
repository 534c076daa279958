"""A command line with limits in, how its run ended out; nothing that it started is left running."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainlint.record import record

_LINES = 15
#: Bytes of a log that are read, and those that a run may write.
_READ = 1 << 16
_WRITTEN = 256 << 20
_PACKAGES = Path(__file__).resolve().parents[2]
_KEEPER = (
    f"import sys; sys.path.insert(0, {str(_PACKAGES)!r}); from trainlint.parity.keeper import main; main()"
)


class LaunchError(Exception):
    """A command that cannot be started as it is; the message says what was refused."""


@record
class Limits:
    """How long a run may take, in seconds, and how much memory all its processes may hold, in bytes."""

    seconds: float
    memory: int


@record
class Start:
    """A command in a folder with its variables.

    `views`: folders, each with where to put what the command writes below it.
    """

    words: Sequence[str]
    folder: Path
    variables: Mapping[str, str]
    views: Sequence[tuple[Path, Path]] = ()


@record
class Ended:
    """How a run ended: `code` is its exit code, `reason` what ended it if it did not by itself.

    `left` are command lines of what it had started and did not wait for.
    """

    code: int
    reason: str
    seconds: float
    output: str
    errors: str
    left: tuple[str, ...] = ()

    @property
    def last_lines(self) -> str:
        """The last lines that the run wrote, what it wrote to standard error rather than what it printed."""
        said = self.errors if self.errors.strip() else self.output
        return "\n".join(said.strip().splitlines()[-_LINES:])


def run(start: Start, scratch: Path, limits: Limits) -> Ended:
    """Run a command; it is ended when it passes a limit, and so is all that it started. Raises LaunchError.

    Its logs lie in `scratch`, and the traces of the probe, if any. The runs of a comparison lie side by side;
    what holds them all is removed should this process be killed.
    """
    output, errors = log_of(scratch), log_of(scratch).with_name("stderr")
    output.parent.mkdir(parents=True, exist_ok=True)
    order = {
        "words": list(start.words),
        "folder": str(start.folder),
        "environment": dict(start.variables),
        "output": str(output),
        "errors": str(errors),
        "traces": str(scratch / "trace"),
        "scratch": str(scratch.parent),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "written": _WRITTEN,
        "views": [[str(folder), str(place)] for folder, place in start.views],
    }
    told = _ordered(order)
    if "refused" in told:
        raise LaunchError(told["refused"])
    return Ended(
        code=told["code"] if told["code"] is not None else -9,
        reason=told["reason"],
        seconds=told["seconds"],
        output=_tail(output),
        errors=_tail(errors),
        left=tuple(told["left"]),
    )


def log_of(scratch: Path) -> Path:
    """All that a run has printed."""
    return scratch / "logs" / "stdout"


def _ordered(order: Mapping[str, object]) -> Any:
    """Have a keeper carry out an order; what it tells.

    Its standard input stays open as long as somebody waits here: however this process ends, the keeper
    learns of it and ends the run.
    """
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _KEEPER],
        cwd=os.sep,
        env={},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C at a terminal is for trainlint alone.
        start_new_session=True,
    ) as keeper:
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        try:
            with contextlib.suppress(BrokenPipeError):
                keeper.stdin.write(json.dumps(order).encode() + b"\n")
                keeper.stdin.flush()
            told = keeper.stdout.read()
        finally:
            keeper.stdin.close()
            keeper.wait()
    if not told:
        raise LaunchError("what keeps the run within its limits was ended from outside")
    return json.loads(told)


def _tail(path: Path) -> str:
    """The end of a log."""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - _READ))
        return log.read().decode("utf-8", "replace")
