"""Evaluations of two programs in, those that only the reference does out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evaluations import each_place, is_share, may_be_done_elsewhere, splits
from trainlint.rules.refactor.guards import unguarded
from trainlint.rules.refactor.spelling import listed


@difference("TL606", "evaluation-removed", severity=Severity.ERROR, harm=Harm.REPORTS)
def evaluation_removed(comparison: Comparison) -> Iterator[Finding]:
    """The candidate no longer evaluates where the reference does."""
    if may_be_done_elsewhere(comparison):
        return
    pairs = comparison.pairs_of(Kind.EVALUATION)
    kept, whole = [pair.reference for pair in pairs], [pair.candidate for pair in pairs]
    lost = [
        effect
        for effect in comparison.lost_of(Kind.EVALUATION)
        if effect.doubt is None and not is_share(effect, kept, whole)
        if unguarded(comparison, effect) is None
    ]
    for place, effect in each_place(lost, comparison.reference):
        named = f" on {listed(splits(effect))}" if splits(effect) else ""
        yield Finding(
            comparison.place_of(effect),
            f"an evaluation{named} of the reference is gone",
            runtime="its losses are neither logged nor used to choose the best checkpoint",
            help="evaluate here as the reference does",
            reference=place,
        )
