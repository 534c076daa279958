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
