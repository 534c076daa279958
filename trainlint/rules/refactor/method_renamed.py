"""The methods of two programs in, those that got another name, and calls by the old one, out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.rules.base import Finding, difference, replace
from trainlint.rules.refactor.renames import last_name, left_calls, owner_name, renamed
from trainlint.source import Span


@difference("TL610", "method-renamed", severity=Severity.INFO, harm=Harm.NOTES)
def method_renamed(comparison: Comparison) -> Iterator[Finding]:
    """A method has another name than in the reference; a call by the old name is an error."""
    for mine, theirs in renamed(comparison):
        old, new = last_name(mine), last_name(theirs)
        yield Finding(
            theirs.head,
            f"`{mine.name}` of the reference is `{new}` here",
            runtime="code elsewhere that calls it by its old name fails",
            help=f"keep `{old}`, or rename it everywhere",
            reference=mine.head,
        )
        for place in left_calls(comparison, old):
            yield Finding(
                place,
                f"`{old}` is called, which is now `{new}`",
                severity=Severity.ERROR,
                runtime=f"AttributeError: '{owner_name(theirs)}' object has no attribute '{old}'",
                help=f"call `{new}`",
                fix=replace(place, new),
                reference=_counterpart(comparison, place, old, new),
            )


def _counterpart(comparison: Comparison, place: Span, old: str, new: str) -> Span | None:
    """The call of the reference that a call answers to: the one of the same number."""
    program = comparison.candidate
    here = sorted((*program.methods.get(old, ()), *program.methods.get(new, ())))
    there = comparison.reference.methods.get(old, ())
    if len(here) == len(there):
        return there[here.index(place)]
    return there[0] if there else None
