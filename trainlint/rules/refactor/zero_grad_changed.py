"""Where two programs set their gradients to zero in, where that is lost or too often out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference
from trainlint.facts.effects import Effect, Kind
from trainlint.mending.lines import with_zero_grad
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import added, both_step, certain, follows, is_between, lost, when
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL621", "zero-grad-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def zero_grad_changed(comparison: Comparison) -> Iterator[Finding]:
    """Gradients are no longer set to zero, or more often."""
    if not both_step(comparison):
        return
    seen = set[Span]()
    for effect in lost(comparison, Kind.ZERO_GRAD):
        place = comparison.place_of(effect)
        if not _is_done_anyway(comparison, effect) and place not in seen:
            seen.add(place)
            yield _lost(comparison, effect, place)
    for pair in comparison.pairs_of(Kind.ZERO_GRAD):
        found = certain(pair, "times", "condition")
        if found is None or pair.candidate.span in seen or follows(comparison, found):
            continue
        seen.add(pair.candidate.span)
        yield Finding(
            pair.candidate.span,
            f"gradients are set to zero {_how(found)}",
            runtime="what was accumulated before the step is thrown away, or stays behind for the next "
            f"one{when(found)}",
            help="set the gradients to zero once for each step of the optimizer",
            reference=pair.reference.span,
        )
    for effect in added(comparison, Kind.ZERO_GRAD):
        if is_between(comparison.candidate, effect):
            yield _thrown_away(comparison, effect)


def _how(found: Difference) -> str:
    mine, theirs = spelled(found.reference), spelled(found.candidate)
    if found.part == "times":
        return f"`{theirs}` times a step, in the reference `{mine}`"
    return f"if `{theirs}`, in the reference if `{mine}`"


def _lost(comparison: Comparison, effect: Effect, place: Span) -> Finding:
    where = " where the loop begins" if not effect.loops or len(effect.loops) == 1 else ""
    return Finding(
        place,
        f"gradients are not set to zero any more{where if effect.inside else ''}",
        runtime="each backward pass adds to the gradients of all before it: the steps grow without bound",
        help="call `optimizer.zero_grad()` where the reference does",
        fix=with_zero_grad(comparison, effect),
        reference=effect.span,
    )


def _thrown_away(comparison: Comparison, effect: Effect) -> Finding:
    step = comparison.reference.of(Kind.STEP)[0]
    return Finding(
        effect.span,
        "gradients are set to zero between the backward pass and the step, in the reference they are not",
        runtime="the optimizer steps with gradients of zero: nothing is learned",
        help="remove it",
        reference=step.span,
    )


def _is_done_anyway(comparison: Comparison, lost: Effect) -> bool:
    """Whether the candidate sets the gradients to zero in the same loops elsewhere; twice is once."""
    depth = len(lost.loops)
    kept = [pair.candidate for pair in comparison.pairs_of(Kind.ZERO_GRAD)]
    return any(len(other.loops) == depth and not other.condition for other in kept)
