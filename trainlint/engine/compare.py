"""The scripts that a user names in, the comparison of the two programs that they are out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.chain.build import Builder
from trainlint.diff.compare import compare as compared
from trainlint.diff.revisions import at_revision
from trainlint.diff.sides import NothingToCompare, SideError, read_sides
from trainlint.facts.comparison import Comparison
from trainlint.facts.settings import Settings
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Files

#: How many of the things that were not followed are told.
_TOLD = 5


@record
class Ask:
    """The scripts that make up the reference, in order, and the script of the candidate.

    `revision` is the state of the repository that the reference is taken from, None for the files as they
    are.
    """

    references: tuple[str, ...]
    candidate: str
    revision: str | None = None

    @property
    def command(self) -> str:
        """The command line that asks the same."""
        words = [] if self.revision is None else ["--rev", self.revision]
        if len(self.references) == 1:
            words += self.references
        else:
            words += [word for name in self.references for word in ("--reference", name)]
        return shlex.join(["trainlint", "diff", *words, self.candidate])


@record
class Refusal:
    """Why two programs cannot be compared, what to do instead, and what was not followed on the way."""

    reason: str
    remedy: str
    unfollowed: tuple[Unknown, ...] = ()

    def __str__(self) -> str:
        open_ = (f"\n  not followed: {entry.reason} ({entry.span})" for entry in self.unfollowed[:_TOLD])
        return f"{self.reason}; {self.remedy}{''.join(open_)}"


def compare(ask: Ask, files: Files, settings: Settings) -> Comparison | Refusal:
    """What the two programs do, held against each other."""
    named = tuple(Path(word) for word in ask.references)
    try:
        if ask.revision is None:
            return _compared(named, Path(ask.candidate), Builder(files, settings))
        with at_revision(files, ask.revision, named) as then:
            return _compared(then, Path(ask.candidate), Builder(files, settings))
    except SideError as error:
        return _refusal(error)
    except RecursionError:
        # Long rows of operators and of `elif` nest as deep as they are long.
        return Refusal("the code is nested too deeply to be compared", "take the deepest expression apart")


def _compared(references: Sequence[Path], candidate: Path, builder: Builder) -> Comparison | Refusal:
    sides = read_sides(tuple(references), candidate, builder)
    try:
        return compared(*sides)
    except NothingToCompare as error:
        # What was not followed may be the very part that trains.
        unfollowed = next(side.problems for side in sides if side.name == error.side)
        return replace(_refusal(error), unfollowed=unfollowed)


def _refusal(error: SideError) -> Refusal:
    where = f"{error.span}: " if error.span is not None else ""
    return Refusal(f"{where}{error.reason}", error.remedy)
