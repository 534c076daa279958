"""The training loops of two programs in, where they count a checkpoint's steps or are left otherwise out."""

from __future__ import annotations

from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding
from trainlint.rules.refactor.checkpoints import loaded_keys
from trainlint.rules.refactor.departures import tested_at
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


def of_resumed(comparison: Comparison, pair: Pair) -> Finding | None:
    """Another number of turns in a run that goes on from a checkpoint."""
    found = pair.difference("turns")
    if found is None or found.reference is None or found.candidate is None:
        return None
    mine, theirs = loaded_keys(found.reference), loaded_keys(found.candidate)
    settled = not all(side.is_measured for side in (found.reference, found.candidate))
    if not settled or bool(mine) is bool(theirs) or not mine | theirs <= _restored(comparison):
        return None
    where = "in the reference alone" if mine else "here, and not in the reference"
    return Finding(
        _end(comparison.candidate, pair.candidate),
        "a run that goes on makes another number of steps: "
        f"`{min(mine | theirs)}` of the checkpoint is taken off {where}",
        runtime="a run that goes on ends at another step than in the reference, or makes no step at all",
        help="begin and end as the reference does",
        reference=_end(comparison.reference, pair.reference),
    )


def of_leaving(comparison: Comparison, pair: Pair) -> Finding | None:
    """A training loop that is left early in the reference alone."""
    found = pair.difference("left")
    if found is None or found.reference is None or comparison.candidate.unfollowed:
        return None
    return Finding(
        pair.candidate.loops[0].span,
        f"the training loop is never left early, in the reference if `{spelled(found.reference)}`",
        runtime="the run goes on where that of the reference stops",
        help="leave the loop where the reference does",
        reference=tested_at(comparison.reference, found.reference) or pair.reference.loops[0].span,
    )


def _restored(comparison: Comparison) -> set[str]:
    """The keys that both programs take from their checkpoints."""
    return {pair.reference.name for pair in comparison.pairs_of(Kind.RESTORE)}


def _end(program: Program, effect: Effect) -> Span:
    """Where the number that a loop goes up to is computed; else the loop."""
    loop = effect.loops[0]
    end = _last(loop.over)
    is_computed = end is not None and end.sort is Sort.OPERATION
    return program.computed.get(end, loop.span) if end is not None and is_computed else loop.span


def _last(over: Term) -> Term | None:
    """The end of a range."""
    if over.sort is not Sort.OPERATION or over.value != "range":
        return None
    return over.operands[1] if len(over.operands) > 1 else over.operands[0]
