"""The name of a setting in, what shows that the candidate does not use it, or under which other name, out."""

from __future__ import annotations

from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.uses import mentioned


def evidence(comparison: Comparison, name: str) -> tuple[Pair, Difference] | None:
    """The first thing that depends on a setting in the reference and for certain not in the candidate."""
    for pair in comparison.pairs:
        for found in pair.differences:
            is_known = found.candidate is None or found.candidate.is_known
            is_lost = name in mentioned(found.reference) and name not in mentioned(found.candidate)
            if found.certain and is_known and is_lost:
                return pair, found
    return None


def other_name(comparison: Comparison, name: str, known: frozenset[str]) -> str | None:
    """What a setting is called in the candidate: a name that only it has stands where this one stood."""
    for pair in comparison.pairs:
        for found in pair.differences:
            new = mentioned(found.candidate) - known
            if name in mentioned(found.reference) and name not in mentioned(found.candidate) and new:
                return min(new)
    return None
