"""Two effects that answer to each other in, whether one side leaves a loop earlier, or never, out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diff.values import Judge
from trainlint.facts.comparison import Difference
from trainlint.facts.effects import Departure, Effect
from trainlint.facts.terms import Sort, Term


def left_before(one: Effect, other: Effect, judge: Judge) -> Iterator[Difference]:
    """Where the candidate leaves the loop before it comes to an effect, and the reference after it.

    Only what a user asks for by a setting counts, such as a run that is left after one evaluation: where a
    loop ends by itself is told of as the number of its turns.
    """
    for departure in other.behind:
        known = any(judge.same(mine.test, departure.test) for mine in one.behind)
        if not known and _is_asked_for(departure.test) and _leaves_later(one, departure, judge):
            yield Difference("departure", None, departure.test)


def _is_asked_for(test: Term) -> bool:
    parts = test.operands if test.sort is Sort.OPERATION and test.value == "and" else (test,)
    return test.is_known and any(part.sort is Sort.OPTION for part in parts)


def _leaves_later(one: Effect, departure: Departure, judge: Judge) -> bool:
    """Whether the reference leaves a loop around the effect in that case too, but not by its own test."""
    going = judge.terms.negation(departure.test)
    for loop in one.loops:
        tests, own = (
            term.operands if term.sort is Sort.OPERATION and term.value == "and" else (term,)
            for term in (loop.turns, loop.over)
        )
        if any(judge.same(test, going) for test in tests if test not in own):
            return True
    return False


def left_early(one: Effect, other: Effect, judge: Judge) -> Iterator[Difference]:
    """A test under which the reference leaves the training loop early, where the candidate leaves it never.

    Of what is no loop over a range, the turns say when it is left.
    """
    if not one.loops or not other.loops:
        return
    mine, theirs = one.loops[0], other.loops[0]
    ranges = all(loop.over.sort is Sort.OPERATION and loop.over.value == "range" for loop in (mine, theirs))
    known = [test for test in mine.left if test.is_known and test.sort is not Sort.CONSTANT]
    if ranges and known and not theirs.left and judge.may_be_same(mine.turns, theirs.turns):
        yield Difference("left", known[0], None)
