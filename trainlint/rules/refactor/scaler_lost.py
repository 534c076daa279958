"""The gradient scalers of two programs in, where one is lost or works otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import both_step, certain, lost
from trainlint.rules.refactor.spelling import spelled

_WORDS = {
    Kind.BACKWARD: "the loss is no longer scaled",
    Kind.STEP: "the step no longer goes through the scaler",
}
_UNDERFLOW = (
    "in float16 small gradients underflow to zero and large ones overflow: the loss stands still or is NaN"
)


@difference("TL628", "scaler-lost", severity=Severity.ERROR, harm=Harm.RESULTS)
def scaler_lost(comparison: Comparison) -> Iterator[Finding]:
    """The gradient scaler of the reference is not used, not updated, or enabled under another condition."""
    if not both_step(comparison):
        return
    for pair in comparison.pairs_of(Kind.BACKWARD, Kind.STEP):
        found = pair.difference("scaler")
        if found is not None and found.candidate is None:
            yield _unused(pair)
            return
    for effect in lost(comparison, Kind.SCALER_UPDATE):
        yield _not_updated(comparison, effect)
        return
    for pair in comparison.pairs_of(Kind.SCALER):
        changed = certain(pair, "enabled", "init_scale", "growth_interval", "growth_factor", "backoff_factor")
        if changed is not None:
            yield Finding(
                pair.candidate.span,
                f"the gradient scaler has `{changed.part}={spelled(changed.candidate)}`, "
                f"in the reference `{spelled(changed.reference)}`",
                runtime=_UNDERFLOW,
                help=f"give it `{changed.part}={spelled(changed.reference)}`",
                reference=pair.reference.span,
            )


def _unused(pair: Pair) -> Finding:
    return Finding(
        pair.candidate.span,
        f"{_WORDS[pair.reference.kind]}: the reference uses a gradient scaler here",
        runtime=_UNDERFLOW,
        help="`scaler.scale(loss).backward()`, `scaler.step(optimizer)`, `scaler.update()`",
        reference=pair.reference.span,
    )


def _not_updated(comparison: Comparison, effect: Effect) -> Finding:
    return Finding(
        comparison.place_of(effect),
        "the gradient scaler is not updated any more",
        runtime="its scale stays what it was: one that overflows once does so forever, and each such step is "
        "skipped",
        help="call `scaler.update()` after `scaler.step(optimizer)`",
        reference=effect.span,
    )
