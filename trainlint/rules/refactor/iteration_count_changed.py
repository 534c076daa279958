"""The loops of two programs in, those that turn more or less often out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, steps_elsewhere, when
from trainlint.rules.refactor.origins import is_world_size
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_WORDS = {
    "turns": "the training loop",
    "batches": "an evaluation",
    "times": "the accumulation",
    "condition": "the optimizer step",
}


@difference("TL627", "iteration-count-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def iteration_count_changed(comparison: Comparison) -> Iterator[Finding]:
    """A loop turns more or less often than in the reference, ends elsewhere, or is never entered."""
    seen = set[Span]()
    for pair in comparison.pairs_of(Kind.STEP, Kind.EVALUATION, Kind.BACKWARD):
        found = _counted(comparison, pair)
        if found is None or (pair.reference.kind is Kind.BACKWARD and steps_elsewhere(comparison)):
            continue
        place = _place(pair.candidate, found)
        if place not in seen:
            seen.add(place)
            yield _finding(pair, found, place)


def _counted(comparison: Comparison, pair: Pair) -> Difference | None:
    """The change of a count that is no matter of the world size, which has a rule of its own."""
    parts = {Kind.STEP: ("turns", "condition"), Kind.EVALUATION: ("batches",), Kind.BACKWARD: ("times",)}
    found = certain(pair, *parts[pair.reference.kind])
    if found is None or found.reference is None or found.candidate is None:
        return None
    shared = [any(map(is_world_size, term.walk())) for term in (found.reference, found.candidate)]
    return None if found.part in ("times", "condition") and shared == [True, False] else found


def _finding(pair: Pair, found: Difference, place: Span) -> Finding:
    assert found.inner is not None or found.reference is not None
    mine, theirs = found.inner or (found.reference, found.candidate)
    evaluates = found.part == "batches"
    return Finding(
        place,
        f"{_WORDS[found.part]} {_how(found.part, theirs)}, in the reference {_how(found.part, mine)}",
        severity=Severity.WARNING if evaluates else None,
        runtime=(
            "the loss that is reported is the mean of other batches"
            if evaluates
            else "the run makes another number of steps, or never comes to its end"
        )
        + when(found),
        help="count as the reference does",
        reference=_place(pair.reference, found),
    )


def _how(part: str, term: Term | None) -> str:
    if part in ("batches", "times"):
        return f"takes `{spelled(term)}` batches"
    return f"happens if `{spelled(term)}`" if part == "condition" else f"turns for `{spelled(term)}`"


def _place(effect: Effect, found: Difference) -> Span:
    """The loop that is counted; what is asked at each turn stands in it."""
    if found.part == "turns":
        return effect.loops[0].span
    if found.part == "condition" or not effect.loops:
        return effect.span
    term = found.candidate
    inner = [loop.span for loop in effect.loops if loop.turns in (term, found.reference)]
    return inner[-1] if inner else effect.loops[-1].span
