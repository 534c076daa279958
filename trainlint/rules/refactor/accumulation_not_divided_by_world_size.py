"""The accumulation of two programs in, one that does not share its steps among the processes out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.mending.accumulation import with_check, with_division
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import steps_elsewhere
from trainlint.rules.refactor.origins import computed, is_world_size, loop_of, written
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL603", "accumulation-not-divided-by-world-size", severity=Severity.ERROR, harm=Harm.RESULTS)
def accumulation_not_divided_by_world_size(comparison: Comparison) -> Iterator[Finding]:
    """The reference divides its accumulation steps by the number of processes, the candidate does not."""
    for pair in () if steps_elsewhere(comparison) else comparison.pairs_of(Kind.BACKWARD, Kind.STEP):
        for found in filter(None, (pair.difference("times"), pair.difference("condition"))):
            if found.certain and _is_divided(found):
                yield _undivided(comparison, pair, found)
                return
    yield from _unchecked(comparison)


def _is_divided(found: Difference) -> bool:
    """Whether the reference's count depends on the number of processes and the candidate's does not."""
    mine, theirs = found.reference, found.candidate
    return (
        mine is not None
        and theirs is not None
        and any(map(is_world_size, mine.walk()))
        and not any(map(is_world_size, theirs.walk()))
    )


def _undivided(comparison: Comparison, pair: Pair, found: Difference) -> Finding:
    mine, theirs = found.reference, found.candidate
    assert mine is not None
    assert theirs is not None
    lost = next(_divisions(mine), mine)
    unchecked = _is_checked(comparison.reference, lost) and not _is_checked(comparison.candidate, lost)
    loop = loop_of(pair.candidate, theirs)
    return Finding(
        written(comparison.candidate, theirs, loop),
        f"the accumulation steps are not divided by the number of processes: here `{spelled(theirs)}`, "
        f"in the reference `{spelled(lost)}`"
        + (", which it also asserts to divide evenly" if unchecked else ""),
        runtime="each process accumulates as many micro steps as a run of one process would, so a step on N "
        "processes sees N times the tokens" + (f" ({found.where})" if found.where else ""),
        help="divide the accumulation steps by the world size once the processes are set up"
        + (", and assert that it divides them" if unchecked else ""),
        fix=with_division(comparison, pair, lost, checked=unchecked) if lost.value == "//" else None,
        reference=computed(comparison.reference, mine, is_world_size, pair.reference.span),
    )


def _unchecked(comparison: Comparison) -> Iterator[Finding]:
    """A division that both have, and that only the reference checks."""
    for check in comparison.reference.of(Kind.REFUSAL):
        for remainder in filter(_is_remainder, _asked(check)):
            if _is_checked(comparison.candidate, remainder) or not _accumulates(comparison, remainder):
                continue
            divided = _quotient(comparison.candidate, remainder)
            yield Finding(
                divided or comparison.place_of(check),
                f"nothing checks that `{spelled(remainder.operands[0])}` divides evenly among the processes, "
                "as the reference does",
                severity=Severity.WARNING,
                runtime="where it does not, the remainder is dropped: a step sees fewer tokens than is "
                "configured, and on more processes than steps none at all",
                help=f"assert `{spelled(remainder)} == 0` before the division",
                fix=with_check(comparison, divided) if divided is not None else None,
                reference=check.span,
            )
            return


def _asked(check: Effect) -> Iterator[Term]:
    """Everything that an assertion, or the conditions of a `raise`, are about."""
    test = check.part("test")
    for term in (*((test,) if test is not None else ()), *check.condition):
        yield from term.walk()


def _divisions(term: Term) -> Iterator[Term]:
    for part in term.walk():
        if part.sort is Sort.OPERATION and part.value == "//" and is_world_size(part.operands[1]):
            yield part


def _is_remainder(term: Term) -> bool:
    return term.sort is Sort.OPERATION and term.value == "%" and is_world_size(term.operands[1])


def _is_checked(program: Program, division: Term) -> bool:
    """Whether a program refuses to go on where a division leaves a remainder."""
    return any(
        _is_remainder(part) and part.operands == division.operands
        for check in program.of(Kind.REFUSAL)
        for part in _asked(check)
    )


def _accumulates(comparison: Comparison, remainder: Term) -> bool:
    """Whether the accumulation of the candidate divides what the reference checks."""
    return any(
        part.operands == remainder.operands
        for effect in comparison.candidate.of(Kind.BACKWARD)
        for _, term in effect.parts
        for part in _divisions(term)
    )


def _quotient(program: Program, remainder: Term) -> Span | None:
    found = (term for term in program.written if term.operands == remainder.operands and term.value == "//")
    return next((program.written[term][0] for term in found), None)
