"""The methods of two programs in, those that got another name, and calls by the old one, out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Definition
from trainlint.rules.base import Finding, difference, replace
from trainlint.source import Span


@difference("TL610", "method-renamed", severity=Severity.INFO, harm=Harm.NOTES)
def method_renamed(comparison: Comparison) -> Iterator[Finding]:
    """A method has another name than in the reference; a call by the old name is an error."""
    for mine, theirs in _renamed(comparison):
        old, new = _last(mine), _last(theirs)
        yield Finding(
            theirs.head,
            f"`{mine.name}` of the reference is `{new}` here",
            runtime="code elsewhere that calls it by its old name fails",
            help=f"keep `{old}`, or rename it everywhere",
            reference=mine.head,
        )
        for place in _left(comparison, old):
            yield Finding(
                place,
                f"`{old}` is called, which is now `{new}`",
                severity=Severity.ERROR,
                runtime=f"AttributeError: '{_owner(theirs)}' object has no attribute '{old}'",
                help=f"call `{new}`",
                fix=replace(place, new),
                reference=_counterpart(comparison, place, old, new),
            )


def _renamed(comparison: Comparison) -> Iterator[tuple[Definition, Definition]]:
    """Methods that only the reference's class has, each with its like in the candidate's."""
    mine, theirs = comparison.reference.definitions, comparison.candidate.definitions
    for entry in mine:
        owner = _owner(entry)
        if not owner or not entry.called or _last(entry).startswith("__"):
            continue
        rivals = {other.name for other in mine}
        names = {other.name for other in theirs}
        if owner not in names or entry.name in names:
            continue
        new = [other for other in theirs if _owner(other) == owner and other.name not in rivals]
        alike = [other for other in new if _is_like(entry, other)]
        if len(alike) == 1:
            yield entry, alike[0]


def _is_like(entry: Definition, other: Definition) -> bool:
    """Whether two methods of one class may be the same: by content, or by a name that shares its words."""
    if entry.digest == other.digest:
        return True
    words = set(_last(entry).split("_")), set(_last(other).split("_"))
    shared = len(words[0] & words[1]) * 2 > min(map(len, words))
    return shared or difflib.SequenceMatcher(None, _last(entry), _last(other)).ratio() > 0.7


def _left(comparison: Comparison, old: str) -> tuple[Span, ...]:
    """Calls by the old name, where the candidate has nothing of that name."""
    program = comparison.candidate
    if any(_last(entry) == old for entry in program.definitions):
        return ()
    # What a library's object is called by as well says nothing.
    library = [effect.span for effect in program.effects if effect.name.rpartition(".")[2] == old]
    return () if library else program.methods.get(old, ())


def _counterpart(comparison: Comparison, place: Span, old: str, new: str) -> Span | None:
    """The call of the reference that a call answers to: the one of the same number."""
    program = comparison.candidate
    here = sorted((*program.methods.get(old, ()), *program.methods.get(new, ())))
    there = comparison.reference.methods.get(old, ())
    if len(here) == len(there):
        return there[here.index(place)]
    return there[0] if there else None


def _last(entry: Definition) -> str:
    return entry.name.rpartition(".")[2]


def _owner(entry: Definition) -> str:
    return entry.name.rpartition(".")[0]
