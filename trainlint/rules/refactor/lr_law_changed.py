"""The learning rates of two programs in, where they follow another law out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, lost, when
from trainlint.rules.refactor.departures import departure, same_shape
from trainlint.rules.refactor.groups import groups
from trainlint.rules.refactor.schedules import gone, scheduled
from trainlint.source import Span


@difference("TL634", "lr-law-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def lr_law_changed(comparison: Comparison) -> Iterator[Finding]:
    """The learning rate is another one at some step of the training."""
    seen = set[Span]()
    for finding in (*_by_hand(comparison), *scheduled(comparison)):
        if finding.span not in seen:
            seen.add(finding.span)
            yield finding


def _by_hand(comparison: Comparison) -> Iterator[Finding]:
    """Rates that the training loop sets."""
    turns = (certain(pair, "turns") for pair in comparison.pairs_of(Kind.STEP))
    moved = any(found is not None for found in turns)
    for pair in comparison.pairs_of(Kind.LEARNING_RATE):
        found = certain(pair, "value", "condition")
        if found is None:
            yield from _one_group(comparison, pair)
        elif not (moved and _follows(found)):
            yield _other_law(comparison, pair, found)
    for effect in lost(comparison, Kind.LEARNING_RATE):
        if not comparison.candidate.of(Kind.LEARNING_RATE, Kind.SCHEDULER):
            yield gone(comparison, effect, "the learning rate is not set in the loop any more")


def _follows(found: Difference) -> bool:
    """Whether only the counter begins elsewhere, which is told of with the loop."""
    mine, theirs = found.reference, found.candidate
    return mine is not None and theirs is not None and same_shape(mine, theirs)


def _other_law(comparison: Comparison, pair: Pair, found: Difference) -> Finding:
    mine, theirs = found.reference, found.candidate
    inner = found.inner or (mine, theirs)
    under = " under another condition" if found.part == "condition" else ""
    return Finding(
        _place(comparison.candidate, pair.candidate, theirs, mine, inner[1]),
        f"the learning rate is set{under or ' by another law'}{when(found)}",
        runtime="the loss takes another course: a run cannot be held against one of the reference",
        help="compute the rate as the reference does",
        reference=_place(comparison.reference, pair.reference, mine, theirs, inner[0]),
    )


def _place(
    program: Program, effect: Effect, mine: Term | None, theirs: Term | None, inner: Term | None
) -> Span:
    """Where the law of one side departs from that of the other."""
    if mine is None or theirs is None or inner is None:
        return effect.span
    return departure(program, mine, theirs, inner, effect.span)


def _one_group(comparison: Comparison, pair: Pair) -> Iterator[Finding]:
    """The rate goes to the first group alone, where the optimizer has several."""
    found = pair.difference("times")
    if found is None or found.reference is None or found.candidate is None:
        return
    made = comparison.candidate.of(Kind.OPTIMIZER)
    several = any(len(groups(effect.part("params"))) > 1 for effect in made)
    every = any(part.value == ".param_groups" for part in found.reference.walk())
    if several and every and found.candidate.value == 1:
        yield Finding(
            pair.candidate.span,
            "the learning rate is set in one parameter group: the reference sets it in each",
            runtime="the other groups train with the rate that the optimizer was made with, from the first "
            "step to the last",
            help="set it in each of `optimizer.param_groups`",
            reference=pair.reference.span,
        )
