"""Two products and a place in, the factors that one lacks as they would be written there out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainlint.facts.comparison import Scope
from trainlint.facts.terms import Sort, Term
from trainlint.mending.names import name_of
from trainlint.source import Span


def missing_factors(scopes: Sequence[Scope], level: int, mine: Term, theirs: Term, place: Span) -> str | None:
    """` * a / b`, by which the product becomes that of the reference; None if it cannot be told."""
    lost, new = only(mine.factors, theirs.factors), only(theirs.factors, mine.factors)
    lost, new = ([one for one in terms if not one.is_measured] for terms in (lost, new))
    inverse = [_inverse(one) for one in new]
    if not (lost or new) or None in inverse:
        return None
    texts = [
        *(_factor(scopes, level, one, place) for one in lost),
        *(_named(scopes, level, one, place, " * ") for one in inverse if one is not None),
    ]
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None


def _factor(scopes: Sequence[Scope], level: int, factor: Term, place: Span) -> str | None:
    inverse = _inverse(factor)
    if inverse is not None:
        return _named(scopes, level, inverse, place, " / ")
    if isinstance(factor.value, float) and 0 < factor.value < 1 and factor.sort is Sort.CONSTANT:
        count = round(1 / factor.value)
        if abs(1 / factor.value - count) < 1e-9:
            return f" / {count}"
    return _named(scopes, level, factor, place, " * ")


def _named(scopes: Sequence[Scope], level: int, term: Term, place: Span, sign: str) -> str | None:
    text = name_of(scopes, level, term, place)
    return f"{sign}{text}" if text is not None else None


def _inverse(term: Term) -> Term | None:
    """What a factor divides by."""
    is_one = term.sort is Sort.OPERATION and term.value == "**" and term.operands[1].value == -1
    return term.operands[0] if is_one else None


def are_measured_alike(mine: Term, theirs: Term) -> bool:
    """Whether what only a run knows is made by the same functions in both products."""
    sides = ([(one.sort, one.value) for one in term.factors if one.is_measured] for term in (mine, theirs))
    first, second = (sorted(side, key=str) for side in sides)
    return first == second


def only(mine: Iterable[Term], theirs: Iterable[Term]) -> list[Term]:
    """The factors that only one product has, each as often as it has it more."""
    left, more = list(theirs), []
    for one in mine:
        if one in left:
            left.remove(one)
        else:
            more.append(one)
    return more
