"""Two values that differ in, where the code computes what only one of them has out."""

from __future__ import annotations

from trainlint.facts.effects import Program
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

#: Tests, which may be written in many ways around the same numbers.
_TESTS = {"if", "and", "or", "not", "<", "<=", "==", "!=", "is", "is not", "in", "not in"}


def departure(program: Program, mine: Term, theirs: Term, used: Span) -> Span:
    """Where a program computes the innermost part of its value that the other has not; else `used`."""
    known: dict[Term, int] = {}
    others = {_shape(part, known) for part in theirs.walk()}
    new = [
        part
        for part in mine.walk()
        if part in program.computed and _is_number(part) and _shape(part, known) not in others
    ]
    innermost = min(new, key=lambda part: sum(1 for _ in part.walk()), default=None)
    return program.computed[innermost] if innermost is not None else used


def same_shape(mine: Term, theirs: Term) -> bool:
    """Whether two values are computed alike; counters that a checkpoint moves may begin elsewhere."""
    known: dict[Term, int] = {}
    return _shape(mine, known) == _shape(theirs, known)


def _is_number(term: Term) -> bool:
    return term.sort is Sort.CALL or (term.sort is Sort.OPERATION and term.value not in _TESTS)


def _shape(term: Term, known: dict[Term, int]) -> int:
    """What a value is computed from, wherever counters begin that a checkpoint may move."""
    found = known.get(term)
    if found is None:
        is_open = term.sort in (Sort.COUNTER, Sort.CARRIED) and term.operands[0].sort is not Sort.CONSTANT
        inner = () if is_open else term.operands
        shapes = [_shape(operand, known) for operand in inner]
        ordered = sorted(shapes) if term.sort is Sort.OPERATION and term.value in ("+", "*") else shapes
        found = known[term] = hash((term.sort, str(term.value), *ordered))
    return found
