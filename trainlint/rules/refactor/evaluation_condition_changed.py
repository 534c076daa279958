"""Evaluations of two programs in, those that happen at other steps or with other weights out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain
from trainlint.rules.refactor.evaluations import asked_at
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL607", "evaluation-condition-changed", severity=Severity.WARNING, harm=Harm.REPORTS)
def evaluation_condition_changed(comparison: Comparison) -> Iterator[Finding]:
    """The candidate evaluates at other steps than the reference, or with other weights."""
    seen = set[Span]()
    for pair in comparison.pairs_of(Kind.EVALUATION):
        place = asked_at(pair.candidate, comparison.candidate)
        if place not in seen and certain(pair, "weights") is not None:
            seen.add(place)
            yield _of_weights(pair, place, comparison)
        departure = certain(pair, "departure")
        if place not in seen and departure is not None and departure.candidate is not None:
            seen.add(place)
            yield _of_departure(pair, departure.candidate, comparison)
    # Where the loop begins or ends elsewhere, whatever asks for its counter follows from that.
    turns = [pair.difference("turns") for pair in comparison.pairs_of(Kind.STEP)]
    moved = any(found is not None and found.certain for found in turns)
    for pair in comparison.pairs_of(Kind.EVALUATION):
        found = pair.difference("condition")
        place = asked_at(pair.candidate, comparison.candidate)
        if found is None or not found.certain or place in seen:
            continue
        mine, theirs = _of_steps(found.reference), _of_steps(found.candidate)
        if not (mine or theirs) or any(map(_is_open, (*mine, *theirs))):
            continue
        if moved and _counters(mine) != _counters(theirs):
            continue
        seen.add(place)
        yield Finding(
            place,
            "this evaluation happens under another condition: "
            f"the reference evaluates {_when(pair.reference)}, here {_when(pair.candidate)}",
            runtime=f"whether it happens differs {found.where}" if found.where else None,
            help="evaluate under the condition of the reference",
            reference=asked_at(pair.reference, comparison.reference),
        )


def _of_weights(pair: Pair, place: Span, comparison: Comparison) -> Finding:
    """The average of the weights where what is trained was evaluated, or the reverse."""
    mine, theirs = pair.reference.part("weights"), pair.candidate.part("weights")
    now, was = (str(side.value) if side is not None else "something else" for side in (theirs, mine))
    return Finding(
        place,
        f"this evaluation is of the weights of {now}, in the reference of {was}",
        runtime="what is reported, and whatever is chosen by it, belongs to other weights",
        help="evaluate the network that the reference evaluates",
        reference=asked_at(pair.reference, comparison.reference),
    )


def _of_departure(pair: Pair, test: Term, comparison: Comparison) -> Finding:
    """A loop that is left before the evaluation."""
    here = next(left.span for left in pair.candidate.behind if left.test is test)
    asked = _options(test)
    there = (
        left.span
        for one in comparison.reference.effects
        for left in one.behind
        if _options(left.test) == asked
    )
    return Finding(
        here,
        f"the loop is left before this evaluation if `{spelled(test)}`: the reference evaluates first",
        runtime="a run that is to do nothing but evaluate ends without having evaluated",
        help="leave the loop behind the evaluation, as the reference does",
        reference=next(there, None) or asked_at(pair.reference, comparison.reference),
    )


def _options(test: Term) -> set[object]:
    return {part.value for part in test.walk() if part.sort is Sort.OPTION}


def _of_steps(term: Term | None) -> list[Term]:
    """The tests of a condition that are not about the rank."""
    if term is None or term.sort is Sort.CONSTANT:
        return []
    tests = term.operands if term.sort is Sort.OPERATION and term.value == "and" else (term,)
    return [test for test in tests if not _is_of_rank(test)]


def _is_of_rank(test: Term) -> bool:
    """Whether a test asks which process this is; a number that a rank's own file gave is no such test."""
    if test.sort is Sort.FACT:
        return test.value == "rank"
    return test.sort is Sort.OPERATION and any(map(_is_of_rank, test.operands))


def _is_open(test: Term) -> bool:
    """Whether a test asks code that cannot be looked into."""
    if test.sort is Sort.CALL:
        return True
    return test.sort is Sort.OPERATION and any(map(_is_open, test.operands))


def _counters(tests: Iterable[Term]) -> set[Term]:
    return {part for test in tests for part in test.walk() if part.sort is Sort.COUNTER}


def _when(effect: Effect) -> str:
    tests = [test for test in effect.condition if not _is_of_rank(test)]
    if tests:
        return f"if `{' and '.join(map(spelled, tests))}`"
    return "without one"
