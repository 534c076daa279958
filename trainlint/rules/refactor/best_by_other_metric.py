"""The conditions of two programs' checkpoints in, those that choose the best by something else out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import listed


@difference("TL638", "best-by-other-metric", severity=Severity.ERROR, harm=Harm.RESULTS)
def best_by_other_metric(comparison: Comparison) -> Iterator[Finding]:
    """The best checkpoint is chosen by another value, or in another direction, than in the reference."""
    for pair in comparison.pairs_of(Kind.SAVE):
        found = pair.difference("condition")
        if found is None or found.reference is None or found.candidate is None:
            continue
        mine, theirs = _compared(found.reference), _compared(found.candidate)
        told = found.certain or _splits(mine) != _splits(theirs) != []
        if not mine or mine == theirs or not (told or (not theirs and _is_bound(found.candidate))):
            continue
        yield Finding(
            pair.candidate.span,
            f"the checkpoint is written by another measure: {_told(mine, theirs)}",
            runtime="the file that is kept as the best is not the best of the reference's measure",
            help="compare the value that the reference compares, in the same direction",
            reference=pair.reference.span,
        )


def _compared(test: Term) -> list[Term]:
    """The comparisons with what an earlier turn left, which choose the best."""
    return [
        part
        for part in test.walk()
        if part.sort is Sort.OPERATION
        and part.value in ("<", "<=")
        and any(inner.sort is Sort.CARRIED for operand in part.operands for inner in operand.walk())
    ]


def _is_bound(test: Term) -> bool:
    """Whether a test compares with a number that never changes."""
    return any(
        part.sort is Sort.OPERATION
        and part.value in ("<", "<=")
        and any(operand.sort is Sort.CONSTANT for operand in part.operands)
        for part in test.walk()
    )


def _told(mine: list[Term], theirs: list[Term]) -> str:
    here, there = _splits(theirs), _splits(mine)
    if here and there and here != there:
        return f"the reference compares {listed(there)}, here {listed(here)}"
    return "the reference keeps what is best so far" + (", here another comparison decides" if theirs else "")


def _splits(tests: list[Term]) -> list[str]:
    return sorted({split for term in tests for split in splits_of(term)})
