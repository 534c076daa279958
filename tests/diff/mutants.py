"""The mutation study: edits of the cases' programs, those that change what a run does and those that do not.

In: the files of `tests/diff/mutations`. Out: each edit as a case of its own, with the findings that it shall
have; an edit that preserves what a run does shall have none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from tests.diff.cases import Case, expected, read_case, read_edits

MUTATIONS = Path(__file__).parent / "mutations"


@dataclass(frozen=True)
class Mutant:
    """The case that comes of an edit of another; `of` is the file that lists it."""

    of: str
    before: Case
    case: Case

    @property
    def edited_sides(self) -> list[str]:
        """The folders that the edit changes."""
        own = self.case.edits[len(self.before.edits) :]
        return sorted({edit.file.split("/")[0] for edit in own})

    @property
    def changes(self) -> bool:
        """Whether a run does anything else than before."""
        return bool(self.case.findings)

    def __str__(self) -> str:
        return f"{self.of}: {self.case.name}"


def mutants() -> Iterator[Mutant]:
    """All of them, file by file."""
    for path in sorted(MUTATIONS.glob("*.yaml")):
        listed = yaml.safe_load(path.read_text("utf-8"))
        base = read_case(listed["base"])
        for data in listed["mutations"]:
            case = replace(
                base,
                name=data["name"],
                edits=(*base.edits, *read_edits(data["edits"])),
                findings=tuple(map(expected, data.get("findings", ()))),
            )
            yield Mutant(path.stem, base, case)
