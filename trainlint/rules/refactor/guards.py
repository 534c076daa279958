"""An evaluation that is gone in, the forward with gradients that stands in its place out."""

from __future__ import annotations

from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind


def unguarded(comparison: Comparison, evaluation: Effect) -> Effect | None:
    """The forward of the candidate that answers to a lost evaluation, but keeps gradients."""
    trained = {pair.candidate.span for pair in comparison.pairs_of(Kind.FORWARD) if pair.reference.loops}
    forwards = (other for other in comparison.candidate.of(Kind.FORWARD) if not other.is_without_gradients)
    for other in forwards:
        if _is_same_function(comparison, evaluation, other):
            return other
        if other.span not in trained and len(other.loops) == len(evaluation.loops):
            return other
    return None


def _is_same_function(comparison: Comparison, effect: Effect, other: Effect) -> bool:
    """Whether both stand in functions that answer to each other."""
    names = {
        theirs.name.rpartition(".")[2]: mine.name.rpartition(".")[2]
        for mine, theirs in comparison.definitions
        if mine is not None and theirs is not None
    }
    return bool(effect.inside) and names.get(other.inside) == effect.inside
