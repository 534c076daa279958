"""The schedulers of two programs in, where they make other learning rates out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort
from trainlint.rules.base import Finding
from trainlint.rules.refactor.changes import certain, lost, when
from trainlint.rules.refactor.spelling import spelled

#: Values that name the thing that is scheduled, not the law.
_NO_LAW = {"optimizer", "0", "times", "schedulers", "last_epoch"}


def gone(comparison: Comparison, effect: Effect, words: str) -> Finding:
    """Something that made the rate, and that the candidate does not do."""
    left = comparison.candidate.of(Kind.SCHEDULER) if effect.kind is Kind.SCHEDULER else ()
    return Finding(
        left[-1].span if left else comparison.place_of(effect),
        words,
        runtime="without it the rate stays what it was before: no warmup or decay that it made",
        help="set the rate as the reference does",
        reference=effect.span,
    )


def scheduled(comparison: Comparison) -> Iterator[Finding]:
    """Rates that a scheduler of a library sets."""
    for pair in comparison.pairs_of(Kind.SCHEDULER):
        changed = next(filter(_is_law, pair.differences), None)
        if pair.reference.name != pair.candidate.name or changed is not None:
            yield _other_schedule(pair, changed)
    kept = comparison.pairs_of(Kind.SCHEDULER_STEP)
    for effect in lost(comparison, Kind.SCHEDULER):
        if not comparison.added_of(Kind.SCHEDULER, Kind.LEARNING_RATE):
            yield gone(comparison, effect, f"the schedule `{_last(effect.name)}` is gone")
    for effect in lost(comparison, Kind.SCHEDULER_STEP) if not kept else ():
        if comparison.candidate.of(Kind.SCHEDULER):
            yield gone(comparison, effect, "the scheduler never steps")
    for pair in kept:
        if _is_inner(pair.reference, comparison.reference) is not _is_inner(
            pair.candidate, comparison.candidate
        ):
            yield _stepped(pair, "in another loop", None)
        elif (found := certain(pair, "condition", "times")) is not None:
            yield _stepped(pair, "under another condition", found)


def _is_law(found: Difference) -> bool:
    """Whether an argument that differs is a number of the law, not the optimizer or other schedules."""
    values = [term for term in (found.reference, found.candidate) if term is not None]
    calls = any(part.sort in (Sort.CALL, Sort.UNKNOWN) for term in values for part in term.walk())
    return found.certain and found.part not in _NO_LAW and not calls


def _other_schedule(pair: Pair, found: Difference | None) -> Finding:
    mine, theirs = _last(pair.reference.name), _last(pair.candidate.name)
    if mine != theirs or found is None:
        words = f"the learning rate follows `{theirs}`, in the reference `{mine}`"
    else:
        words = (
            f"the schedule `{mine}` has `{found.part}={spelled(found.candidate)}`, "
            f"in the reference `{spelled(found.reference)}`"
        )
    return Finding(
        pair.candidate.span,
        words,
        runtime=f"the learning rate is another one at some steps{when(found) if found else ''}",
        help="schedule the rate as the reference does",
        reference=pair.reference.span,
    )


def _stepped(pair: Pair, where: str, found: Difference | None) -> Finding:
    return Finding(
        pair.candidate.span,
        f"the scheduler steps {where} than in the reference",
        runtime="it goes through its schedule at another pace: the rate has decayed long before the end, or "
        f"hardly at all{when(found) if found else ''}",
        help="step it where the reference does",
        reference=pair.reference.span,
    )


def _is_inner(effect: Effect, program: Program) -> bool:
    """Whether something happens at each step of the optimizer: it stands in the same innermost loop."""
    steps = [step for step in program.of(Kind.STEP) if step.loops]
    return any(step.loops[-1].span in {loop.span for loop in effect.loops} for step in steps)


def _last(name: str) -> str:
    return name.rpartition(".")[2]
