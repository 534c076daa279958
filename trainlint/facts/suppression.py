"""Facts of `# trainlint: ignore[...]` comments."""

from __future__ import annotations

from dataclasses import dataclass

from trainlint.source import Span


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings: codes or names, where it stands and which lines it covers.

    `first_line` to `last_line` are the covered lines of the same file, both included.
    """

    span: Span
    codes: tuple[str, ...]
    reason: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class MalformedSuppression:
    """A comment addressed to trainlint that cannot be followed; `message` says why."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Suppressions:
    """All comments of one file that are addressed to trainlint, in order."""

    found: tuple[Suppression, ...] = ()
    malformed: tuple[MalformedSuppression, ...] = ()
