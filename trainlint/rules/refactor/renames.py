"""Two programs in, the methods that got another name, and the calls by the old one, out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Definition
from trainlint.source import Span


def renamed(comparison: Comparison) -> Iterator[tuple[Definition, Definition]]:
    """Methods that only the reference's class has, each with its like in the candidate's."""
    mine, theirs = comparison.reference.definitions, comparison.candidate.definitions
    for entry in mine:
        owner = owner_name(entry)
        if not owner or not entry.called or last_name(entry).startswith("__"):
            continue
        rivals = {other.name for other in mine}
        names = {other.name for other in theirs}
        if owner not in names or entry.name in names:
            continue
        new = [other for other in theirs if owner_name(other) == owner and other.name not in rivals]
        alike = [other for other in new if _is_like(entry, other)]
        if len(alike) == 1:
            yield entry, alike[0]


def _is_like(entry: Definition, other: Definition) -> bool:
    """Whether two methods of one class may be the same: by content, or by a name that shares its words."""
    if entry.digest == other.digest:
        return True
    words = set(last_name(entry).split("_")), set(last_name(other).split("_"))
    shared = len(words[0] & words[1]) * 2 > min(map(len, words))
    return shared or difflib.SequenceMatcher(None, last_name(entry), last_name(other)).ratio() > 0.7


def left_calls(comparison: Comparison, old: str) -> tuple[Span, ...]:
    """Calls by the old name, where the candidate has nothing of that name."""
    program = comparison.candidate
    if any(last_name(entry) == old for entry in program.definitions):
        return ()
    # What a library's object is called by as well says nothing.
    library = [effect.span for effect in program.effects if effect.name.rpartition(".")[2] == old]
    return () if library else program.methods.get(old, ())


def last_name(entry: Definition) -> str:
    """The name of a definition without what it stands in."""
    return entry.name.rpartition(".")[2]


def owner_name(entry: Definition) -> str:
    """The class that a method stands in."""
    return entry.name.rpartition(".")[0]
