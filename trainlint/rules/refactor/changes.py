"""Aligned effects in, what of their differences is certain out, and what a loss is scaled by in words."""

from __future__ import annotations

from collections.abc import Iterable

from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.refactor.spelling import spelled


def certain(pair: Pair, *parts: str) -> Difference | None:
    """The first of some parts in which two effects differ for certain."""
    found = filter(None, map(pair.difference, parts))
    return next((entry for entry in found if entry.certain), None)


def lost(comparison: Comparison, *kinds: Kind) -> tuple[Effect, ...]:
    """What the candidate does not do, but for what a part of it may do that could not be followed."""
    return tuple(one for one in comparison.lost_of(*kinds) if one.order not in comparison.hidden)


def added(comparison: Comparison, *kinds: Kind) -> tuple[Effect, ...]:
    """What the reference does not do; nothing, where a part of it could not be followed that may do it."""
    return () if comparison.reference.unfollowed else comparison.added_of(*kinds)


def both_step(comparison: Comparison) -> bool:
    """Whether both programs have a training loop of their own, not that of a library."""
    return bool(comparison.reference.of(Kind.STEP) and comparison.candidate.of(Kind.STEP))


def is_between(program: Program, effect: Effect) -> bool:
    """Whether something stands behind a backward pass and before the step that uses its gradients."""
    core = program.of(Kind.BACKWARD, Kind.STEP)
    before = [other.kind for other in core if other.order < effect.order]
    after = [other.kind for other in core if other.order > effect.order]
    return before[-1:] == [Kind.BACKWARD] and after[:1] == [Kind.STEP]


def steps_elsewhere(comparison: Comparison) -> bool:
    """Whether the optimizer steps in another loop, from which other differences in the loop follow."""
    return any(certain(pair, "loops") is not None for pair in comparison.pairs_of(Kind.STEP))


def follows(comparison: Comparison, found: Difference) -> bool:
    """Whether a condition has changed as that of the optimizer step has, which is told of there."""
    return found.part == "condition" and any(
        step.candidate is found.candidate and step.reference is found.reference
        for step in (certain(pair, "condition") for pair in comparison.pairs_of(Kind.STEP))
        if step is not None
    )


def when(found: Difference) -> str:
    """For what two values differ, in brackets, as far as that is known."""
    return f" ({found.where})" if found.where else ""


def scale(term: Term) -> tuple[Term, ...]:
    """What a measured value is multiplied by."""
    return tuple(factor for factor in term.factors if not factor.is_measured)


def scaled_in_words(parts: Iterable[Term]) -> str:
    """`divided by …`, `multiplied by …`, `as it is`."""
    parts = tuple(parts)
    divisors = [divisor for part in parts if (divisor := _divisor(part))]
    numbers = [spelled(part) for part in parts if not _divisor(part)]
    words = [f"divided by `{' * '.join(divisors)}`"] if divisors else []
    words += [f"multiplied by `{' * '.join(numbers)}`"] if numbers else []
    return " and ".join(words) or "as it is"


def _divisor(term: Term) -> str:
    """What a factor divides by, nothing where it multiplies; 0.25 is a division by 4."""
    if term.sort is Sort.OPERATION and term.value == "**" and term.operands[1].value == -1:
        text = spelled(term.operands[0])
        return f"({text})" if " " in text else text
    if (
        isinstance(term.value, float)
        and 0 < term.value < 1
        and abs(1 / term.value - round(1 / term.value)) < 1e-9
    ):
        return str(round(1 / term.value))
    return ""
