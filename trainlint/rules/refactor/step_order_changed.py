"""The training loops of two programs in, what comes before or behind something else than before out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, is_between, lost
from trainlint.rules.refactor.orders import NAMES, ORDERS
from trainlint.source import Span


@difference("TL619", "step-order-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def step_order_changed(comparison: Comparison) -> Iterator[Finding]:
    """Something in the training loop comes before what it came behind, or the other way round."""
    gone = next(iter(lost(comparison, Kind.STEP)), None)
    deeper = [pair for pair in comparison.pairs_of(Kind.STEP) if certain(pair, "loops") is not None]
    if gone is not None and not comparison.candidate.of(Kind.STEP, Kind.TRAINER):
        yield _no_step(comparison, gone)
    elif deeper:
        yield _other_loop(deeper[0])
    else:
        yield from _in_loop(comparison)


def _in_loop(comparison: Comparison) -> Iterator[Finding]:
    """What is moved in a loop that steps as before."""
    yield from _moved(comparison)
    cleared = {
        pair.candidate.span: pair
        for pair in reversed(comparison.pairs_of(Kind.ZERO_GRAD))
        if is_between(comparison.candidate, pair.candidate)
        and not is_between(comparison.reference, pair.reference)
    }
    yield from map(_cleared, cleared.values())


def _moved(comparison: Comparison) -> Iterator[Finding]:
    """What stands on the other side of its anchor; of a swapped pair one of the two is told."""
    told = set[Span]()
    for moved, fixed, words, harm in ORDERS:
        for pair in comparison.pairs_of(moved):
            anchor = _anchor(pair, comparison.pairs_of(fixed))
            if anchor is None or not told.isdisjoint((pair.candidate.span, anchor.candidate.span)):
                continue
            was = _is_behind(pair.reference, anchor.reference)
            if was is not _is_behind(pair.candidate, anchor.candidate):
                told.add(pair.candidate.span)
                yield _finding(words, harm, pair, anchor)


def _anchor(pair: Pair, anchors: Iterable[Pair]) -> Pair | None:
    """The nearest anchor of the same loop on both sides."""
    near = [
        anchor
        for anchor in anchors
        if _share_loop(pair.reference, anchor.reference) and _share_loop(pair.candidate, anchor.candidate)
    ]
    return min(near, key=lambda anchor: abs(anchor.reference.order - pair.reference.order), default=None)


def _share_loop(one: Effect, other: Effect) -> bool:
    if not (one.loops and other.loops) or one.loops[0].span != other.loops[0].span:
        return False
    return _way_in(one) == _way_in(other)


def _way_in(effect: Effect) -> tuple[Span, ...]:
    """The calls by which a run comes to the outermost loop around an effect."""
    return tuple(takewhile(lambda call: not effect.loops[0].holds(call), effect.calls))


def _is_behind(one: Effect, other: Effect) -> bool:
    return one.order > other.order


def _finding(words: str, harm: str, pair: Pair, anchor: Pair) -> Finding:
    now, then = ("behind", "before") if _is_behind(pair.candidate, anchor.candidate) else ("before", "behind")
    name = NAMES[anchor.candidate.kind]
    return Finding(
        pair.candidate.span,
        f"{words} {now} {name}, in the reference {then} it",
        runtime=harm,
        help=f"move it {then} {name}",
        reference=pair.reference.span,
    )


def _cleared(pair: Pair) -> Finding:
    return Finding(
        pair.candidate.span,
        "gradients are set to zero between the backward pass and the step, in the reference outside of these",
        runtime="the optimizer steps with gradients of zero: nothing is learned",
        help="set them to zero behind the step, or before the backward pass",
        reference=pair.reference.span,
    )


def _no_step(comparison: Comparison, gone: Effect) -> Finding:
    return Finding(
        comparison.place_of(gone),
        "the optimizer never steps: nothing in the training loop answers to its step in the reference",
        runtime="the weights stay what they were",
        help="call `optimizer.step()` behind the backward pass",
        reference=gone.span,
    )


def _other_loop(pair: Pair) -> Finding:
    here, there = len(pair.candidate.loops), len(pair.reference.loops)
    return Finding(
        pair.candidate.span,
        f"the optimizer steps inside of {here} loops, in the reference of {there}",
        runtime="it steps at each micro step where it stepped once for all of them, or the other way round",
        help="step in the loop of the reference",
        reference=pair.reference.span,
    )
