"""The clipping of gradients in two programs in, where it is lost, new or otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import added, both_step, certain, follows, lost, when
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_BY_VALUE = "_value_"


@difference("TL620", "clip-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def clip_changed(comparison: Comparison) -> Iterator[Finding]:
    """Gradients are clipped that were not, or not any more, or to another bound."""
    if not both_step(comparison):
        return
    seen = set[Span]()
    for pair in comparison.pairs_of(Kind.CLIP):
        found = _changed(comparison, pair)
        if found is not None and pair.candidate.span not in seen:
            seen.add(pair.candidate.span)
            yield found
    for effect in lost(comparison, Kind.CLIP):
        yield _lost(comparison, effect)
    for effect in added(comparison, Kind.CLIP):
        yield _added(comparison, effect)
    if not comparison.lost_of(Kind.CLIP):
        yield from _not_unscaled(comparison)


def _changed(comparison: Comparison, pair: Pair) -> Finding | None:
    mine, theirs = pair.reference, pair.candidate
    if (_BY_VALUE in mine.name) is not (_BY_VALUE in theirs.name):
        return Finding(
            theirs.span,
            f"gradients are clipped by `{theirs.name}`, in the reference by `{mine.name}`",
            runtime="clipping the norm keeps the direction of the gradient, clipping its values turns it",
            help=f"clip with `{mine.name}`",
            reference=mine.span,
        )
    found = certain(pair, "max_norm", "clip_value", "norm_type", "parameters", "0", "condition")
    if found is None or follows(comparison, found):
        return None
    values = f"`{spelled(found.candidate)}`, in the reference `{spelled(found.reference)}`"
    words = "under another condition:" if found.part == "condition" else f"with `{found.part}`"
    return Finding(
        theirs.span,
        f"gradients are clipped {words} {values}",
        runtime=f"steps with large gradients come out otherwise{when(found)}",
        help="clip under the condition and to the bound of the reference",
        reference=mine.span,
    )


def _lost(comparison: Comparison, effect: Effect) -> Finding:
    bound = effect.part("max_norm") or effect.part("clip_value")
    return Finding(
        comparison.place_of(effect),
        "gradients are no longer clipped" + (f" to `{spelled(bound)}`" if bound is not None else ""),
        runtime="one batch with a large gradient can throw the weights far off: a spike of the loss, or NaN",
        help=f"call `{effect.name}` between the backward pass and the step",
        reference=effect.span,
    )


def _added(comparison: Comparison, effect: Effect) -> Finding:
    step = comparison.reference.of(Kind.STEP)[0]
    return Finding(
        effect.span,
        f"gradients are clipped by `{effect.name}`, in the reference they are not",
        severity=Severity.WARNING,
        runtime="each step with a larger gradient becomes smaller than in the reference",
        help="leave it out, or say that it is meant with `# trainlint: intended[TL620]`",
        reference=step.span,
    )


def _not_unscaled(comparison: Comparison) -> Iterator[Finding]:
    """Clipping that a scaler's unscaling went before; without a scaler there is nothing to unscale."""
    scaled = any(step.part("scaler") is not None for step in comparison.candidate.of(Kind.STEP))
    clips = [pair.candidate for pair in comparison.pairs_of(Kind.CLIP)]
    for effect in lost(comparison, Kind.UNSCALE) if scaled and clips else ():
        yield Finding(
            clips[0].span,
            "gradients are clipped while they are still scaled: the reference calls `unscale_` before",
            runtime="the scale of the loss (65,536 at first) is in the norm that is held against the bound: "
            "nearly every gradient is cut down to next to nothing",
            help="call `scaler.unscale_(optimizer)` before the gradients are clipped",
            reference=effect.span,
        )
        return
