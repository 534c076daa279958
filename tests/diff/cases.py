"""The cases under `fixtures/refactors`: two sides of a refactor, and what `trainlint diff` shall say of them.

In: a `case.yaml`. Out: its `Case`, and its two sides written into a folder. A case has its programs beside
it, or it is another case (`base`) with edits; `includes` takes the edits and the findings of further cases
over before its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

REFACTORS = Path(__file__).parents[2] / "fixtures" / "refactors"

#: The folders of a case.
SIDES = ("reference", "candidate")

#: What programs leave behind when they run.
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "data", "out", "case.yaml")


@dataclass(frozen=True)
class Edit:
    """A text that a file has exactly once, and what takes its place; a new file where `old` is empty."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Place:
    """The one line of a file that contains a text."""

    file: str
    line: str

    def number(self, folder: Path) -> int:
        """The line's number, counted from 1."""
        lines = (folder / self.file).read_text("utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if self.line in line]
        if len(found) != 1:
            raise ValueError(f"{self.file} has {len(found)} lines with {self.line!r}")
        return found[0]


@dataclass(frozen=True)
class Expected:
    """A finding by one of some rules, with its line on each side that has one."""

    rules: tuple[str, ...]
    reference: Place | None = None
    candidate: Place | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the finding is, on each side."""
        return tuple(place for place in (self.candidate, self.reference) if place)


@dataclass(frozen=True)
class Case:
    """Two sides and what shall be found.

    `words` are the command line of `trainlint diff` in the folder of the case, and each of `same_words` one
    that finds the same. `setup` and `run` are commands in the folder of each side; a candidate that
    `fails` prints this text, and one whose output shows what is wrong `prints` a match of this pattern.
    `distributed` is a run of several processes.
    """

    name: str
    about: str
    folder: Path
    words: tuple[str, ...]
    setup: str
    run: dict[str, str]
    edits: tuple[Edit, ...] = ()
    findings: tuple[Expected, ...] = ()
    fails: str = ""
    prints: str = ""
    distributed: str = ""
    same_words: tuple[tuple[str, ...], ...] = ()

    def write(self, folder: Path) -> Path:
        """Write both sides into a new folder, with the edits made."""
        shutil.copytree(self.folder, folder, ignore=LEFT_BEHIND)
        apply(self.edits, folder)
        return folder


def apply(edits: Iterable[Edit], folder: Path) -> None:
    """Make the edits, one after the other."""
    for edit in edits:
        path = folder / edit.file
        if not edit.old:
            with path.open("x", encoding="utf-8") as file:
                file.write(edit.new)
            continue
        text = path.read_text("utf-8")
        if (count := text.count(edit.old)) != 1:
            raise ValueError(f"{edit.file} has {count} times {edit.old!r}")
        path.write_text(text.replace(edit.old, edit.new), "utf-8")


def case_names() -> list[str]:
    """The names of all cases."""
    return sorted(path.parent.name for path in REFACTORS.glob("*/case.yaml"))


def read_case(name: str) -> Case:
    """A case by its name."""
    data = yaml.safe_load((REFACTORS / name / "case.yaml").read_text("utf-8"))
    included = [read_case(other) for other in data.pop("includes", ())]
    edits = [edit for case in included for edit in case.edits] + read_edits(data.pop("edits", ()))
    findings = [finding for case in included for finding in case.findings]
    findings += map(expected, data.pop("findings", ()))
    if base_name := data.pop("base", None):
        base = read_case(base_name)
        edits = [*base.edits, *edits]
        inherited = ("words", "same_words", "setup", "run", "folder")
        data = {field: getattr(base, field) for field in inherited} | data
    return Case(
        name=name,
        words=tuple(data.pop("words")),
        run=of_each_side(data.pop("run")),
        same_words=tuple(map(tuple, data.pop("same_words", ()))),
        folder=data.pop("folder", REFACTORS / name),
        edits=tuple(edits),
        findings=tuple(findings),
        **data,
    )


def of_each_side(command: str | dict[str, str]) -> dict[str, str]:
    """A command by side, where it may be one for both."""
    return dict.fromkeys(SIDES, command) if isinstance(command, str) else command


def read_edits(data: Iterable[dict[str, str]]) -> list[Edit]:
    """The edits of a list in YAML."""
    return [Edit(**edit) for edit in data]


def expected(data: dict[str, Any]) -> Expected:
    """A finding of a list in YAML."""
    places = {side: Place(**place) for side, place in data.items() if side != "rules"}
    return Expected(tuple(data["rules"]), **places)
