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
class MalformedSuppression:
    """A comment addressed to trainlint that cannot be followed; `message` says why."""

    message: str
    span: Span


@record
class Suppressions:
    """All comments of one file that are addressed to trainlint, in order."""

    found: tuple[Suppression, ...] = ()
    malformed: tuple[MalformedSuppression, ...] = ()
