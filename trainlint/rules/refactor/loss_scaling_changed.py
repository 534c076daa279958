"""The backward passes of two programs in, those whose loss is scaled or computed otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Term
from trainlint.mending.products import with_loss_scaled
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, scale, scaled_in_words, when
from trainlint.rules.refactor.origins import written
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL618", "loss-scaling-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def loss_scaling_changed(comparison: Comparison) -> Iterator[Finding]:
    """The loss goes into the backward pass divided or multiplied by something else."""
    seen = set[Span]()
    for pair in comparison.pairs_of(Kind.BACKWARD):
        found = certain(pair, "loss")
        if found is None or not _is_comparable(found) or pair.candidate.span in seen:
            continue
        if comparison.networks and _is_scaled_alike(found):
            # The network computes it otherwise, which is told of there.
            continue
        seen.add(pair.candidate.span)
        yield _finding(comparison, pair, found)


def _is_scaled_alike(found: Difference) -> bool:
    sides = (found.reference, found.candidate)
    mine, theirs = ({*scale(side)} if side is not None else None for side in sides)
    return mine == theirs


def _is_comparable(found: Difference) -> bool:
    """Whether the same function computes both losses; what another one does to the scale nobody can tell."""
    mine, theirs = map(_function, (found.reference, found.candidate))
    return mine == theirs or all(name.startswith("torch.nn.functional.") for name in (mine, theirs))


def _function(loss: Term | None) -> str:
    made = [part for part in loss.factors if part.is_measured] if loss is not None else []
    return str(made[0].value) if made else ""


def _finding(comparison: Comparison, pair: Pair, found: Difference) -> Finding:
    mine, theirs = found.reference, found.candidate
    assert mine is not None
    assert theirs is not None
    place = _place(comparison.candidate, pair.candidate, theirs)
    reference = _place(comparison.reference, pair.reference, mine)
    if set(scale(mine)) == set(scale(theirs)):
        return Finding(
            place,
            "the loss is computed in another way before it goes into the backward pass: "
            f"the reference takes `{spelled(mine)}`, here `{spelled(theirs)}`",
            severity=Severity.WARNING,
            runtime=f"the gradients are those of another loss{when(found)}",
            help="compute the loss as the reference does",
            reference=reference,
        )
    return Finding(
        place,
        f"the loss goes into the backward pass {scaled_in_words(scale(theirs))}, "
        f"in the reference {scaled_in_words(scale(mine))}",
        runtime="the gradients are larger or smaller by that factor: it changes what clipping cuts off and, "
        f"for SGD, the size of each step{when(found)}",
        help="scale the loss as the reference does; accumulated gradients are summed, and their mean "
        "needs each loss divided by their number",
        fix=with_loss_scaled(comparison, pair, found),
        reference=reference,
    )


def _place(program: Program, effect: Effect, loss: Term) -> Span:
    """Where the loss is scaled; without a scale the backward pass itself."""
    return written(program, loss, effect.span) if scale(loss) else effect.span
