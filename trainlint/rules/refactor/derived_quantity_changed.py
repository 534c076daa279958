"""Logged values of two programs in, those that are computed in another way out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.mending.products import with_missing_factors
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import listed, spelled


@difference("TL604", "derived-quantity-changed", severity=Severity.WARNING, harm=Harm.REPORTS)
def derived_quantity_changed(comparison: Comparison) -> Iterator[Finding]:
    """A quantity that is logged is computed from other values than in the reference."""
    explained = _explained(comparison)
    for pair in comparison.pairs_of(Kind.LOG):
        found = pair.difference("value")
        if found is None or not found.certain or found.reference is None or found.candidate is None:
            continue
        if id(found.reference) in explained or _is_told_elsewhere(found.reference, found.candidate):
            continue
        told = _finding(comparison, pair, found)
        if told is not None:
            yield told


def _finding(comparison: Comparison, pair: Pair, found: Difference) -> Finding | None:
    mine, theirs = found.reference, found.candidate
    assert mine is not None
    assert theirs is not None
    lost, new = _only(mine.factors, theirs.factors), _only(theirs.factors, mine.factors)
    if mine.is_measured or theirs.is_measured:
        # What a run measures cannot be compared, but for the numbers that it is multiplied by.
        lost, new = ([term for term in terms if not term.is_measured] for terms in (lost, new))
        if not lost and not new:
            return None
    changed = f"the reference computes `{spelled(mine)}`, here `{spelled(theirs)}`"
    if lost and not new and len(lost) < len(mine.factors):
        changed = f"{listed(map(spelled, lost))} went missing from the product"
    elif new and not lost:
        changed = f"{listed(map(spelled, new))} came into the product"
    return Finding(
        pair.candidate.made or pair.candidate.span,
        f"`{pair.candidate.name}` is computed in another way: {changed}",
        runtime=f"what is logged under this name differs {found.where}" if found.where else None,
        help=f"compute it as the reference does: `{spelled(mine)}`",
        fix=with_missing_factors(comparison, pair, mine, theirs),
        reference=pair.reference.made or pair.reference.span,
    )


def _only(mine: Sequence[Term], theirs: Sequence[Term]) -> list[Term]:
    """The factors that only one product has."""
    left = list(theirs)
    only = []
    for factor in mine:
        if factor in left:
            left.remove(factor)
        else:
            only.append(factor)
    return only


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
    lost, new = _only(mine.factors, theirs.factors), _only(theirs.factors, mine.factors)
    return len(lost) == len(new) == 1 and new[0] in lost[0].walk() and _is_shared(lost[0])


def _is_shared(term: Term) -> bool:
    return term.sort is Sort.OPERATION and any(
        part.sort is Sort.FACT and part.value == "world size" for part in term.walk()
    )
