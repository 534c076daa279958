"""Evaluations of two programs in, those that only the candidate does out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.evaluations import (
    asked_at,
    each_place,
    is_followed,
    is_off_by_default,
    is_repeated,
    is_share,
)
from trainlint.rules.refactor.spelling import spelled

_DRAWN = (
    ", and draws further batches: the random numbers of what follows it are no longer those of the reference"
)


@difference("TL605", "evaluation-added", severity=Severity.WARNING, harm=Harm.RESULTS)
def evaluation_added(comparison: Comparison) -> Iterator[Finding]:
    """The candidate evaluates where the reference does not."""
    known = comparison.reference.of(Kind.EVALUATION)
    # What was done with gradients and is done without is no evaluation that is new.
    before = {effect.inside for effect in comparison.lost_of(Kind.FORWARD)}
    kept = [pair.candidate for pair in comparison.pairs_of(Kind.EVALUATION)]
    added = [
        effect
        for effect in comparison.added_of(Kind.EVALUATION)
        if effect.doubt is None and not is_off_by_default(effect, comparison)
        if effect.inside not in before and not is_share(effect, kept, known)
    ]
    for place, effect in each_place(added, comparison.candidate):
        when = " and ".join(map(spelled, effect.condition))
        often = "at every iteration" if is_repeated(effect, comparison.candidate) else "once"
        follows = is_followed(effect, comparison.candidate)
        yield Finding(
            place,
            f"an evaluation that the reference does not do, {f'if `{when}`' if when else often}",
            severity=None if follows else Severity.INFO,
            runtime=f"the run takes longer{_DRAWN if follows else ', and is trained as before'}",
            help="pass on the loss of the evaluation that the reference does, instead of evaluating again",
            reference=asked_at(known[0], comparison.reference) if known else None,
        )
