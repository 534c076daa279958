"""A case in, what `trainlint diff` finds of it held against what it shall find out.

Usage: python -m tests.diff.findings [NAME ...]   (cases by name; without a name all, and the mutants)
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from tests.diff.cases import Case, Expected, Place, case_names, read_case
from tests.diff.mutants import mutants
from trainlint.cli.main import cli


@dataclass(frozen=True)
class Found:
    """A finding as the command printed it: its rule, and for each side the file and the lines it covers."""

    name: str
    severity: str
    message: str
    candidate: tuple[str, int, int]
    reference: tuple[str, int, int] | None

    def __str__(self) -> str:
        sides = [side for side in (self.candidate, self.reference) if side is not None]
        places = " / ".join(f"{file}:{line}" for file, line, _ in sides)
        return f"{self.name} ({self.severity}) at {places}: {self.message}"


@dataclass(frozen=True)
class Comparison:
    """What was found, which of it is what was expected, what was missed, and what nobody expected."""

    found: tuple[Found, ...]
    matched: dict[Expected, tuple[Found, ...]]
    missed: tuple[Expected, ...]
    extra: tuple[Found, ...]

    def __str__(self) -> str:
        missed = [f"missed: {' or '.join(entry.rules)} at {entry.places}" for entry in self.missed]
        return "\n".join([*missed, *(f"extra: {entry}" for entry in self.extra)])


def compared(case: Case, folder: Path) -> Comparison:
    """Write a case into a new folder and hold what is found against what it lists."""
    written = case.write(folder)
    found = tuple(findings(written, case.words))
    matched = {entry: tuple(one for one in found if _is(one, entry, written)) for entry in case.findings}
    expected = {one for ones in matched.values() for one in ones}
    return Comparison(
        found,
        matched,
        tuple(entry for entry, ones in matched.items() if not ones),
        tuple(one for one in found if one not in expected),
    )


def findings(folder: Path, words: Iterable[str]) -> Iterator[Found]:
    """What the command finds in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        arguments = ["diff", *words, "--output-format", "json"]
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    finally:
        os.chdir(before)
    if result.exit_code not in (0, 1):
        raise RuntimeError(f"{' '.join(arguments)}: exit code {result.exit_code}\n{result.stderr}")
    for entry in json.loads(result.stdout)["diagnostics"]:
        if not entry["suppressed"]:
            yield _found(entry)


def _found(entry: dict[str, Any]) -> Found:
    reference = entry["reference"]
    return Found(
        entry["name"],
        entry["severity"],
        entry["message"],
        (entry["file"], entry["line"], entry["end_line"]),
        (reference["file"], reference["line"], reference["end_line"]) if reference else None,
    )


def _is(found: Found, entry: Expected, folder: Path) -> bool:
    """Whether a finding is by one of the rules and at the places that are expected."""
    return (
        found.name in entry.rules
        and _at(found.candidate, entry.candidate, folder)
        and _at(found.reference, entry.reference, folder)
    )


def _at(place: tuple[str, int, int] | None, expected: Place | None, folder: Path) -> bool:
    if expected is None:
        return True
    if place is None or place[0] != expected.file:
        return False
    return place[1] <= expected.number(folder) <= place[2]


def main() -> None:
    """Print a line a case, and below it what is missed and what is too much."""
    wanted = sys.argv[1:]
    cases = [read_case(name) for name in case_names()] + [mutant.case for mutant in mutants()]
    right = 0
    chosen = [case for case in cases if not wanted or case.name in wanted]
    for case in chosen:
        with tempfile.TemporaryDirectory() as scratch:
            result = compared(case, Path(scratch).resolve() / "case")
        fine = not result.missed and not result.extra
        right += fine
        sys.stdout.write(f"{'right' if fine else 'WRONG'}  {case.name}\n")
        sys.stdout.write("".join(f"       {line}\n" for line in str(result).splitlines()))
    sys.stdout.write(f"{right} of {len(chosen)} right\n")


if __name__ == "__main__":
    main()
