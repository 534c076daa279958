"""What a comparison of two programs found, in the one form that every reporter receives."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm
from trainlint.record import record
from trainlint.report.order import shown
from trainlint.report.outcome import Outcome, Reported


@record
class PlaceResult:
    """Something with a name, and where it stands."""

    name: str
    file: str
    line: int


PlacePair = tuple[PlaceResult | None, PlaceResult | None]


@record
class Aligned:
    """What of the reference (first) answers to what of the candidate, None where nothing does.

    `effects` counts what both programs do, what only the reference does, and what only the candidate does.
    """

    effects: tuple[int, int, int] = (0, 0, 0)
    definitions: tuple[PlacePair, ...] = ()
    options: tuple[PlacePair, ...] = ()


@record
class DiffOutcome:
    """Everything one `diff` has to say.

    `reference` and `candidate` are the sides as they were named, `reference_files` all files of the first,
    `command` the command line that compares them. `found` has no launches; differences that are meant are
    among its diagnostics. `fixed` counts the findings that edits have mended.
    """

    reference: tuple[str, ...]
    candidate: str
    found: Outcome
    aligned: Aligned
    reference_files: tuple[str, ...] = ()
    fixed: int = 0
    command: str = "trainlint diff"

    def by_harm(self) -> Iterator[tuple[Harm, list[Reported]]]:
        """The findings that count, by what they do to a run, the worst first; no empty group."""
        entries = [entry for _, entry in shown(self.found)]
        for harm in Harm:
            group = [entry for entry in entries if (entry.diagnostic.harm or Harm.NOTES) is harm]
            if group:
                yield harm, sorted(group, key=lambda entry: -entry.diagnostic.severity.rank)

    def intended(self) -> list[Reported]:
        """The differences that are meant."""
        return [entry for entry in self.found.diagnostics if entry.intended is not None]
