"""Facts of `# trainlint: ignore[...]` comments."""

from __future__ import annotations

from trainlint.record import record
from trainlint.source import Span


@record
class Suppression:
    """A comment that silences findings: codes or names, where it stands and which lines it covers.

    `first_line` to `last_line` are the covered lines of the same file, both included.
    """

    span: Span
    codes: tuple[str, ...]
    reason: str
    first_line: int
    last_line: int


@record
class Intended:
    """Something that says of differences between two programs that they are meant.

    A comment covers the lines `first_line` to `last_line` of its own file. An entry of the settings covers
    the files that match `pattern`, all of them without one. `span` is where it says so, `removed` what goes
    away with a comment: the space in front of it, or its whole line.
    """

    span: Span
    codes: tuple[str, ...]
    reason: str
    first_line: int | None = None
    last_line: int | None = None
    pattern: str | None = None
    removed: Span | None = None

    def covers(self, place: Span) -> bool:
        """Whether a comment stands over one of a place's lines."""
        if self.first_line is None or self.last_line is None or place.file != self.span.file:
            return False
        return self.first_line <= place.end_line and place.line <= self.last_line


@record
class MalformedSuppression:
    """A comment addressed to trainlint that cannot be followed; `message` says why."""

    message: str
    span: Span


@record
class Suppressions:
    """All comments of one file that are addressed to trainlint, in order."""

    found: tuple[Suppression, ...] = ()
    malformed: tuple[MalformedSuppression, ...] = ()
    intended: tuple[Intended, ...] = ()
