"""Checkpoints of two programs in, what is left out inside a key and what is written at other steps out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Kind
from trainlint.facts.terms import Sort, Term
from trainlint.parse.python.written import key_place, listed_at, neighbours
from trainlint.rules.base import Finding
from trainlint.rules.refactor.changes import certain, follows, when
from trainlint.rules.refactor.checkpoints import saved_under
from trainlint.rules.refactor.departures import asked_at
from trainlint.rules.refactor.ranks import asks_rank
from trainlint.rules.refactor.spelling import spelled


def left_out(found: Difference, comparison: Comparison) -> Finding | None:
    """What a dictionary in the reference's checkpoint holds, and no dictionary of the candidate's there."""
    key = found.part.removeprefix("key ")
    if found.reference is None or found.candidate is None:
        return None
    mine = _names(found.reference)
    theirs = [_names(term) for term in saved_under(key, comparison.candidate)]
    if mine is None or not mine or None in theirs or not any(theirs):
        return None
    kept = {name for names in theirs if names is not None for name in names}
    lost = next((name for name in mine if name not in kept), None)
    if lost is None or not kept & {*mine}:
        return None
    reference = key_place(lost, {*mine}, comparison.reference.modules)
    beside = neighbours(lost, {*mine}, comparison.reference.modules)
    modules = comparison.candidate.modules
    listed = (listed_at(name, kept, modules) or key_place(name, kept, modules) for name in beside)
    pair = next(one for one in comparison.pairs_of(Kind.SAVE) if found in one.differences)
    return Finding(
        next(filter(None, listed), pair.candidate.span),
        f"`{key}` of the checkpoint has no `{lost}` any more",
        runtime=f"what reads `{lost}` from checkpoints fails on those of this program",
        help=f"save `{lost}` as the reference does",
        reference=reference or pair.reference.span,
    )


def _names(term: Term) -> list[str] | None:
    """The keys of a dictionary; None where they are not all known."""
    if term.sort is not Sort.TABLE or term.value == "open":
        return None
    names = term.operands[::2]
    if any(name.sort is not Sort.CONSTANT for name in names):
        return None
    return [str(name.value) for name in names]


def written_otherwise(comparison: Comparison) -> Iterator[Finding]:
    """A checkpoint that is written at other steps, once for each condition."""
    told = set[Term]()
    steps = comparison.pairs_of(Kind.STEP)
    if any(certain(pair, "turns", "condition") is not None for pair in steps):
        # Where the loop goes on otherwise, whatever asks for its counter follows from that.
        return
    for pair in comparison.pairs_of(Kind.SAVE):
        found = certain(pair, "condition")
        if found is None or found.reference in told or not _is_of_steps(found) or follows(comparison, found):
            continue
        told.update(term for term in (found.reference,) if term is not None)
        yield _at_other_steps(pair, found, comparison)


def _is_of_steps(found: Difference) -> bool:
    """Whether both sides ask for the step and neither for the process."""
    sides = [side for side in (found.reference, found.candidate) if side is not None]
    counted = all(any(part.sort is Sort.COUNTER for part in side.walk()) for side in sides)
    return len(sides) == 2 and counted and not any(map(asks_rank, sides))


def _at_other_steps(pair: Pair, found: Difference, comparison: Comparison) -> Finding:
    mine, theirs = found.reference, found.candidate
    assert mine is not None
    assert theirs is not None
    return Finding(
        asked_at(comparison.candidate, theirs, mine) or pair.candidate.span,
        f"a checkpoint is written if `{spelled(theirs)}`, in the reference if `{spelled(mine)}`",
        runtime=f"checkpoints are of other steps{when(found)}, and the last one may be missing",
        help="write checkpoints where the reference does",
        reference=asked_at(comparison.reference, mine, theirs) or pair.reference.span,
    )
