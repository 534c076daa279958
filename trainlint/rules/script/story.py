"""An import that fails in, how the program comes to it out."""

from __future__ import annotations

from trainlint.diagnostic import Note
from trainlint.facts.script import ImportProblem


def imported_by(problem: ImportProblem) -> tuple[Note, ...]:
    """The imports that lead from the script to the failing one, the nearest first."""
    return tuple(Note(span, "imported here") for span in reversed(problem.via))
