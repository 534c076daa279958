"""Checkpoints of two programs in, those that the candidate takes for the best by something else out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.splits import splits_of
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.data_parts import pieces_of
from trainlint.rules.refactor.origins import holds
from trainlint.rules.refactor.spelling import listed
from trainlint.source import Span


@difference("TL638", "best-by-other-metric", severity=Severity.ERROR, harm=Harm.RESULTS)
def best_by_other_metric(comparison: Comparison) -> Iterator[Finding]:
    """The candidate chooses its best checkpoint otherwise than the reference."""
    for pair in comparison.pairs_of(Kind.SAVE):
        what = _changed(pair, comparison)
        if what is not None:
            yield Finding(
                _compared_at(pair.candidate, comparison.candidate),
                f"the best checkpoint is {what}",
                runtime="the checkpoint that is kept as the best is not the one that the reference keeps",
                help="compare what the reference compares, and note the best value",
                reference=_compared_at(pair.reference, comparison.reference),
            )
            return


def _changed(pair: Pair, comparison: Comparison) -> str | None:
    """What is another way to choose, in words; None where nothing is, or nothing can be told."""
    mine = next(_records(pair.reference), None)
    if mine is None:
        return None
    theirs = next(_records(pair.candidate), None)
    if theirs is None:
        return _unnoted(mine[0], pair)
    (metric, is_low), (other, is_lower) = mine, theirs
    wanted, found = splits_of(metric), splits_of(other)
    if wanted and found and wanted != found:
        here, there = listed(sorted(found)), listed(sorted(wanted))
        return f"chosen by a value of {here}, in the reference by one of {there}"
    if is_low != is_lower and wanted and wanted == found and not (_is_negated(metric) or _is_negated(other)):
        return (
            "the one with the largest value, in the reference the smallest"
            if is_low
            else ("the one with the smallest value, in the reference the largest")
        )
    measured = _measured_otherwise(metric, other, comparison)
    if measured is not None:
        return measured
    changed = pair.difference("condition")
    if changed is not None and changed.certain and _is_negated(metric) != _is_negated(other):
        return "chosen by another value than in the reference"
    return None


def _compared_at(effect: Effect, program: Program) -> Span:
    """Where what is compared is handed to a function that compares it; else where it is compared."""
    metric = next((one for one, _ in _records(effect)), None)
    values = [one for pair in _tests(effect) for one in pair]
    compared = (
        span
        for term, span in program.computed.items()
        if term.value in ("<", "<=") and list(term.operands) == values[:2]
    )
    place = next(compared, effect.span)
    inside = {entry.name.rpartition(".")[2] for entry in program.definitions if holds(entry.span, place)}
    for call in program.of(Kind.CALL):
        asked = call.span in effect.calls or call.name in inside
        if asked and any(term is metric for _, term in call.parts):
            return call.span
    return place


def _measured_otherwise(metric: Term, other: Term, comparison: Comparison) -> str | None:
    """What two values are that are not of the same kind: a loss or none, of another part of the data."""
    if not (metric.is_known and other.is_known):
        return None
    losses = {effect.name for side in _sides(comparison) for effect in side.of(Kind.LOSS)}
    before, after = (_measure(one, losses) for one in (metric, other))
    if before is not None and after is not None and before != after:
        return f"chosen by {after}, in the reference by {before}"
    parts = pieces_of(metric), pieces_of(other)
    if all(parts) and not parts[0] & parts[1]:
        return "chosen by a value of another part of the data"
    return None


def _measure(metric: Term, losses: set[str]) -> str | None:
    """What kind of value a metric is, as far as it is made of what tells that."""
    made = {str(part.value) for part in metric.walk() if part.sort in (Sort.CALL, Sort.OPERATION)}
    is_loss, is_hit = bool(made & losses), bool(made & {"==", ".eq", "torch.eq"})
    if is_loss is is_hit:
        return None
    return "a loss" if is_loss else "how many answers are right"


def _sides(comparison: Comparison) -> tuple[Program, Program]:
    return comparison.reference, comparison.candidate


def _records(effect: Effect) -> Iterator[tuple[Term, bool]]:
    """What is compared with the best so far, and whether less is better."""
    for left, right in _tests(effect):
        if (left.sort is Sort.CARRIED) != (right.sort is Sort.CARRIED):
            yield (left, True) if right.sort is Sort.CARRIED else (right, False)


def _tests(effect: Effect) -> Iterator[tuple[Term, Term]]:
    for test in effect.condition:
        for part in (test, *(test.operands if test.value in ("or", "and") else ())):
            if part.sort is Sort.OPERATION and part.value in ("<", "<="):
                yield part.operands[0], part.operands[1]


def _unnoted(metric: Term, pair: Pair) -> str | None:
    """Whether the candidate compares the same kind of value with what never changes."""
    wanted = splits_of(metric)
    for left, right in _tests(pair.candidate):
        if wanted and wanted in (splits_of(left), splits_of(right)):
            return "compared with a value that stays as it is, in the reference with the best so far"
    return None


def _is_negated(term: Term) -> bool:
    return term.value == "*" and any(one.sort is Sort.CONSTANT and one.value == -1 for one in term.operands)
