"""Two values that differ in, the innermost parts of them that make the difference out."""

from __future__ import annotations

from collections.abc import Sequence

from trainlint.diff.values import Judge, Verdict
from trainlint.facts.terms import Sort, Term

_UNORDERED = ("+", "*", "and", "or")
Pair = tuple[Term, Term]


def narrowed(one: Term, other: Term, judge: Judge) -> tuple[Pair, ...]:
    """The parts of both that hold the whole difference, from the values themselves to the innermost."""
    return _narrowed(one, other, judge, {})


def only(one: Term, other: Term, judge: Judge) -> tuple[tuple[Term, ...], tuple[Term, ...]] | None:
    """What only one of two sums or products has; None of anything else."""
    if one.sort is not Sort.OPERATION or one.value not in _UNORDERED or one.value != other.value:
        return None
    mine, rest = _without(one.operands, other.operands, judge)
    return tuple(mine), tuple(rest)


def _narrowed(one: Term, other: Term, judge: Judge, known: dict[Pair, tuple[Pair, ...]]) -> tuple[Pair, ...]:
    found = known.get((one, other))
    if found is not None:
        return found
    known[one, other] = ((one, other),)
    if one.sort is other.sort and one.value == other.value:
        inner = [_narrowed(*pair, judge, known) for pair in _apart(one, other, judge)]
        if inner and all(_core(path[-1]) == _core(inner[0][-1]) for path in inner):
            known[one, other] = ((one, other), *inner[0])
    return known[one, other]


def _core(pair: Pair) -> object:
    """Two values that differ without what both have: a factor, an addend."""
    one, other = pair
    if one.sort is not Sort.OPERATION or one.value not in _UNORDERED or one.value != other.value:
        return pair
    mine = frozenset(term for term in one.operands if term not in other.operands)
    theirs = frozenset(term for term in other.operands if term not in one.operands)
    constants = {term for term in mine | theirs if term.sort is Sort.CONSTANT}
    return one.value, mine - constants, theirs - constants


def _apart(one: Term, other: Term, judge: Judge) -> list[Pair]:
    """The operands that differ; none where one has no partner."""
    if one.sort is Sort.OPERATION and one.value in _UNORDERED:
        mine = _left(one.operands, other.operands, judge)
        theirs = _left(other.operands, one.operands, judge)
        if len(mine) == len(theirs) == 1:
            return [(mine[0], theirs[0])]
        pairs = _by_maker(one.operands, other.operands, judge) if len(mine) == len(theirs) == 0 else []
    elif len(one.operands) == len(other.operands):
        pairs = list(zip(one.operands, other.operands, strict=True))
    else:
        return []
    return [pair for pair in pairs if not judge.may_be_same(*pair)]


def _left(operands: Sequence[Term], others: Sequence[Term], judge: Judge) -> list[Term]:
    return [term for term in operands if not any(judge.may_be_same(term, other) for other in others)]


def _by_maker(operands: Sequence[Term], others: Sequence[Term], judge: Judge) -> list[Pair]:
    """The operands that are not known to be the same, each with the one that is made by the same operator."""
    unsure, rest = _without(operands, others, judge)
    pairs = list[Pair]()
    for term in unsure:
        alike = [entry for entry in rest if entry.sort is term.sort and entry.value == term.value]
        if len(alike) != 1:
            return []
        rest.remove(alike[0])
        pairs.append((term, alike[0]))
    return [] if rest else pairs


def _without(operands: Sequence[Term], others: Sequence[Term], judge: Judge) -> tuple[list[Term], list[Term]]:
    """The operands of both that are not known to be the same as one of the other."""
    left, rest = list[Term](), list(others)
    for term in operands:
        twin = next((entry for entry in rest if judge.judge(term, entry).verdict is Verdict.SAME), None)
        if twin is None:
            left.append(term)
        else:
            rest.remove(twin)
    return left, rest
