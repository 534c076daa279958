"""Two values that differ in, the innermost parts of them that make the difference out."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.diff.values import Judge
from trainlint.facts.terms import Sort, Term

_UNORDERED = ("+", "*", "and", "or")


def narrowed(one: Term, other: Term, judge: Judge) -> tuple[Term, Term]:
    """The parts of both from which the whole difference comes, the values themselves where there are none."""
    while one.sort is other.sort and one.value == other.value:
        inner = _apart(one, other, judge)
        if inner is None:
            break
        one, other = inner
    return one, other


def _apart(one: Term, other: Term, judge: Judge) -> tuple[Term, Term] | None:
    """The only operands that differ."""
    if one.sort is Sort.OPERATION and one.value in _UNORDERED:
        mine = _left(one.operands, other.operands, judge)
        theirs = _left(other.operands, one.operands, judge)
        return (mine[0], theirs[0]) if len(mine) == len(theirs) == 1 else None
    if len(one.operands) != len(other.operands):
        return None
    pairs = zip(one.operands, other.operands, strict=True)
    differing = [(mine, theirs) for mine, theirs in pairs if not judge.may_be_same(mine, theirs)]
    return differing[0] if len(differing) == 1 else None


def _left(operands: Sequence[Term], others: Sequence[Term], judge: Judge) -> list[Term]:
    return [term for term in operands if not any(judge.may_be_same(term, other) for other in others)]
