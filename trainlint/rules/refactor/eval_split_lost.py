"""Evaluations of two programs in, those that leave out a data split out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evaluations import chosen_at, splits
from trainlint.rules.refactor.spelling import listed


@difference("TL601", "eval-split-lost", severity=Severity.ERROR, harm=Harm.REPORTS)
def eval_split_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference evaluates a split that the candidate does not."""
    measured = {split for effect in comparison.candidate.of(Kind.EVALUATION) for split in splits(effect)}
    for pair in comparison.pairs_of(Kind.EVALUATION):
        found = pair.difference("splits")
        mine, theirs = splits(pair.reference), splits(pair.candidate)
        lost = [split for split in mine if split not in measured]
        if found is None or not found.certain or not lost or not theirs:
            continue
        yield Finding(
            chosen_at(pair.candidate, comparison.candidate),
            f"{listed(lost)} is no longer evaluated: the reference evaluates {listed(mine)}, "
            f"here only {listed(theirs)}",
            runtime=f"the loss on {listed(lost)} is not measured; whatever is reported under its name is "
            "that of another split, and overfitting cannot be seen",
            help=f"evaluate {listed(lost)} too, and return one loss for each split",
            reference=chosen_at(pair.reference, comparison.reference),
        )
