"""What a run says and writes down about itself: lines for people, rows for programs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Protocol


class Reporter(Protocol):
    """Takes what the loop has to tell."""

    def say(self, line: str) -> None:
        """One line for a person."""

    def record(self, step: int, values: dict[str, float]) -> None:
        """Numbers of one step."""


class Silent:
    """The reporter of ranks that are not the first."""

    def say(self, line: str) -> None:
        """Nothing."""

    def record(self, step: int, values: dict[str, float]) -> None:
        """Nothing."""


class Console:
    """Lines to standard output and to a file, numbers to `metrics.csv` (step, name, value)."""

    def __init__(self, folder: Path, log_name: str, start_step: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = (folder / log_name).open("a", encoding="utf-8")
        self._metrics = folder / "metrics.csv"
        _cut(self._metrics, start_step)
        self._rows = self._metrics.open("a", encoding="utf-8", newline="")

    def say(self, line: str) -> None:
        """Print and keep one line."""
        print(line, flush=True)
        print(line, file=self._log, flush=True)

    def record(self, step: int, values: dict[str, float]) -> None:
        """Append one row for each number."""
        csv.writer(self._rows).writerows((step, name, repr(value)) for name, value in values.items())
        self._rows.flush()


def _cut(metrics: Path, start_step: int) -> None:
    """Leave rows up to the step that the run goes on from: later ones will be written again."""
    kept = ["step,name,value\r\n"]
    if metrics.exists():
        with metrics.open(encoding="utf-8", newline="") as stream:
            kept += [line for line in list(stream)[1:] if int(line.split(",", 1)[0]) <= start_step]
    part = metrics.with_name(".metrics.part")
    part.write_text("".join(kept), encoding="utf-8", newline="")
    part.replace(metrics)
