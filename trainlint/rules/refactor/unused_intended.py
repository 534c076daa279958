"""What is said to differ on purpose and does not in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.rules.base import Finding, difference, replace


@difference(
    "TL642", "unused-intended", severity=Severity.WARNING, harm=Harm.NOTES, needs=("unused_intended",)
)
def unused_intended(comparison: Comparison) -> Iterator[Finding]:
    """Something is said to differ on purpose, and no such difference was found."""
    for entry in comparison.unused_intended:
        listed = ", ".join(entry.codes)
        place = "here" if entry.first_line is not None else f"in {entry.pattern or 'the two programs'}"
        yield Finding(
            entry.span,
            f"`{listed}` is said to differ on purpose, but no such difference was found {place}",
            fix=replace(entry.removed, "", safe=True) if entry.removed is not None else None,
            help="remove it: an entry that matches nothing hides the next mistake of its kind",
        )
