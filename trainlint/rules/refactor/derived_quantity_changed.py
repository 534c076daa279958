"""Logged values of two programs in, those that are computed in another way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind, Program
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.mending.missing import only
from trainlint.mending.products import with_missing_factors
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import listed, spelled
from trainlint.source import Span


@difference("TL604", "derived-quantity-changed", severity=Severity.WARNING, harm=Harm.REPORTS)
def derived_quantity_changed(comparison: Comparison) -> Iterator[Finding]:
    """A quantity that is logged is computed from other values than in the reference."""
    explained, known = _explained(comparison), set[object]()
    for pair in comparison.pairs_of(Kind.LOG):
        found = pair.difference("value")
        if found is None or not found.certain or found.reference is None or found.candidate is None:
            continue
        if id(found.reference) in explained or _is_told_elsewhere(found.reference, found.candidate):
            continue
        told = _finding(comparison, pair, found, *(found.inner or (found.reference, found.candidate)))
        place = told and (told.span, told.message.partition(": ")[2])
        if told is not None and place not in known:
            known.add(place)
            yield told


def _finding(
    comparison: Comparison, pair: Pair, found: Difference, mine: Term, theirs: Term
) -> Finding | None:
    lost, new = map(list, found.only) if found.only and mine.value == "*" else _apart(mine, theirs)
    if mine is found.reference and (mine.is_measured or theirs.is_measured):
        # What a run measures cannot be compared, but for the numbers that it is multiplied by.
        lost, new = ([term for term in terms if not term.is_measured] for terms in (lost, new))
        if not lost and not new:
            return None
    changed = f"the reference computes `{spelled(mine)}`, here `{spelled(theirs)}`"
    if lost and not new and len(lost) < len(mine.factors):
        changed = f"{listed(map(spelled, lost))} went missing from the product"
    elif new and not lost:
        changed = f"{listed(map(spelled, new))} came into the product"
    named = f"`{pair.candidate.name}`" if pair.candidate.name else "a value that is shown"
    places = _of_product(comparison, mine, lost) if lost and not new else None
    here, there = places or (
        _made(comparison.candidate, [theirs, *(pair[1] for pair in found.around)])
        if new or not lost
        else None,
        _made(comparison.reference, [mine, *(pair[0] for pair in found.around)]) if lost or not new else None,
    )
    return Finding(
        here or pair.candidate.made or pair.candidate.span,
        f"{named} is computed in another way: {changed}",
        runtime=f"what is logged under this name differs {found.where}" if found.where else None,
        help=f"compute it as the reference does: `{spelled(mine)}`",
        fix=with_missing_factors(comparison, pair, found.reference or mine, found.candidate or theirs),
        reference=there or pair.reference.made or pair.reference.span,
    )


def _apart(mine: Term, theirs: Term) -> tuple[list[Term], list[Term]]:
    return only(mine.factors, theirs.factors), only(theirs.factors, mine.factors)


def _made(program: Program, terms: Sequence[Term]) -> Span | None:
    """Where the first of some values is computed that is, else where a variable is given the first."""
    for term in terms if terms[0].sort is Sort.CONSTANT else terms[:1]:
        place = program.computed.get(term)
        if place is not None:
            return place
    return next(reversed(program.written.get(terms[0], ())), None)


def _of_product(comparison: Comparison, whole: Term, lost: Sequence[Term]) -> tuple[Span, Span] | None:
    """The smallest product of the reference that has what was lost, and the candidate's without it."""
    made = [term for term in comparison.reference.computed if set(lost) < set(term.factors)]
    inside = [term for term in made if not only(term.factors, whole.factors)]
    for term in sorted(inside, key=lambda product: len(product.factors)):
        rest = only(term.factors, lost)
        for other in (*comparison.candidate.computed, *rest[: 1 if _is_plain(rest) else 0]):
            place = _made(comparison.candidate, [other])
            if place is not None and sorted(map(id, other.factors)) == sorted(map(id, rest)):
                return place, comparison.reference.computed[term]
    return None


def _is_plain(rest: Sequence[Term]) -> bool:
    return len(rest) == 1 and rest[0].sort in (Sort.OPTION, Sort.ENVIRONMENT)


def _explained(comparison: Comparison) -> set[int]:
    """The values that other findings tell of already: they are no derived quantities of the log."""
    return {
        id(found.reference)
        for pair in comparison.pairs
        if pair.reference.kind is not Kind.LOG
        for found in pair.differences
        if found.certain
    }


def _is_told_elsewhere(mine: Term, theirs: Term) -> bool:
    """Whether two values differ by their split, by where a loop begins, or by a share of the world size."""
    if mine.sort is theirs.sort is Sort.COUNTER:
        return True
    here, there = splits_of(mine), splits_of(theirs)
    if here and there and here != there:
        return True
    lost, new = _apart(mine, theirs)
    return len(lost) == len(new) == 1 and new[0] in lost[0].walk() and _is_shared(lost[0])


def _is_shared(term: Term) -> bool:
    return term.sort is Sort.OPERATION and any(
        part.sort is Sort.FACT and part.value == "world size" for part in term.walk()
    )
