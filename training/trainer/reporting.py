"""What a run says and writes down about itself: lines for people, rows for programs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from trainer.sinks import Sink


class Reporter(Protocol):
    """Takes what the loop has to tell."""

    def say(self, line: str) -> None:
        """One line for a person."""

    def record(self, step: int, values: dict[str, float]) -> None:
        """Numbers of one step."""

    def advance(self, step: int, total: int, now: str) -> None:
        """How far the run is, for the line that follows it on a terminal."""

    def close(self) -> None:
        """The session is over."""


class Silent:
    """The reporter of ranks that are not the first."""

    def say(self, line: str) -> None:
        """Nothing."""

    def record(self, step: int, values: dict[str, float]) -> None:
        """Nothing."""

    def advance(self, step: int, total: int, now: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class Console:
    """Lines to standard output and to a file, numbers to `metrics.csv` (step, name, value) and to sinks."""

    def __init__(self, folder: Path, log: Path, start_step: int, sinks: Sequence[Sink] = ()) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log.open("a", encoding="utf-8")
        self._metrics = folder / "metrics.csv"
        _cut(self._metrics, start_step)
        self._rows = self._metrics.open("a", encoding="utf-8", newline="")
        self._sinks = sinks
        self._bar = _bar() if sys.stdout.isatty() else None

    def say(self, line: str) -> None:
        """Print and keep one line."""
        if self._bar is None:
            print(line, flush=True)
        else:
            self._bar.console.print(line, markup=False, highlight=False)
        print(line, file=self._log, flush=True)

    def record(self, step: int, values: dict[str, float]) -> None:
        """Append one row for each number."""
        csv.writer(self._rows).writerows((step, name, repr(value)) for name, value in values.items())
        self._rows.flush()
        for sink in self._sinks:
            sink.record(step, values)

    def advance(self, step: int, total: int, now: str) -> None:
        """Move the bar of a terminal; the log has its own lines."""
        if self._bar is not None:
            if not self._bar.tasks:
                self._bar.start()
                self._bar.add_task(now, total=total)
            self._bar.update(self._bar.tasks[0].id, completed=step, total=total, description=now)

    def close(self) -> None:
        """End the bar, the files and the sinks."""
        if self._bar is not None:
            self._bar.stop()
        self._rows.close()
        self._log.close()
        for sink in self._sinks:
            _close(sink)


def _close(sink: Sink) -> None:
    """What ended the run has to be told, not that a picture of it has no place on the disk."""
    try:
        sink.close()
    except OSError as error:
        print(f"{type(sink).__name__} could not be written: {error}", file=sys.stderr)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        transient=True,
    )


def _cut(metrics: Path, start_step: int) -> None:
    """Leave rows up to the step that the run goes on from: later ones will be written again.

    A run from the start writes all of them. A killed one may have left half a row at the end.
    """
    kept = ["step,name,value\r\n"]
    if start_step and metrics.exists():
        with metrics.open(encoding="utf-8", newline="") as stream:
            rows = [line for line in list(stream)[1:] if line.endswith("\r\n")]
        kept += [line for line in rows if int(line.split(",", 1)[0]) <= start_step]
    part = metrics.with_name(".metrics.part")
    part.write_text("".join(kept), encoding="utf-8", newline="")
    part.replace(metrics)
