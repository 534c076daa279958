"""Two values that differ in, where the code computes what only one of them has out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.effects import Program
from trainlint.facts.terms import Sort, Term
from trainlint.source import Span

#: Tests may be written in many ways around the same numbers, and items are no numbers of their own.
_TESTS = {"and", "or", "not", "<", "<=", "==", "!=", "is", "is not", "in", "not in"}
_COMPARED = {"<", "<=", "==", "!=", "is", "is not"}
_NO_NUMBERS = {*_TESTS, "if", "[]", "item", "each", "where"}


def departure(program: Program, mine: Term, theirs: Term, inner: Term, used: Span) -> Span:
    """Where a program computes the innermost part of its value that the other has not.

    Where both are made of the same, the last variable that `inner` goes into, which makes the difference.
    """
    new = [part for part in new_parts(mine, theirs) if part in program.computed and _is_number(part)]
    if new:
        return program.computed[min(new, key=_size)]
    around = [part for part in _parts(mine) if part in program.written and inner in part.walk()]
    return program.written[min(around, key=_size)][0] if around else used


def new_parts(mine: Term, theirs: Term) -> Iterator[Term]:
    """What a value is computed from and the other is not, outermost first."""
    known: dict[Term, int] = {}
    others = {_shape(part, known) for part in _parts(theirs)}
    return (part for part in _parts(mine) if _shape(part, known) not in others)


def asked_at(program: Program, mine: Term, theirs: Term) -> Span | None:
    """Where a program computes the first test in its value that the other has not."""
    for test in filter(_is_test, new_parts(mine, theirs)):
        asked = (term for term in program.computed if _is_test(term))
        same = next((term for term in asked if {*term.operands} == {*test.operands}), None)
        if same is not None:
            return program.computed[same]
    return None


def tested_at(program: Program, test: Term) -> Span | None:
    """Where a program asks something: the whole test, else the first part of it."""
    parts = test.operands if test.sort is Sort.OPERATION and test.value in ("and", "or") else ()
    for part in (test, *parts):
        place = program.computed.get(part) if part.sort is Sort.OPERATION else None
        if place is not None:
            return place
    return None


def _is_test(term: Term) -> bool:
    return term.sort is Sort.OPERATION and term.value in _COMPARED


def _size(term: Term) -> int:
    return sum(1 for _ in term.walk())


def _parts(term: Term) -> Iterator[Term]:
    """What a value is computed from; where counters begin is another matter."""
    waiting, seen = [term], {id(term)}
    while waiting:
        part = waiting.pop()
        yield part
        for operand in () if part.sort in (Sort.COUNTER, Sort.CARRIED) else part.operands:
            if id(operand) not in seen:
                seen.add(id(operand))
                waiting.append(operand)


def same_shape(mine: Term, theirs: Term) -> bool:
    """Whether two values are computed alike; counters that a checkpoint moves may begin elsewhere."""
    known: dict[Term, int] = {}
    return _shape(mine, known) == _shape(theirs, known)


def _is_number(term: Term) -> bool:
    return term.sort is Sort.OPERATION and term.value not in _NO_NUMBERS


def _shape(term: Term, known: dict[Term, int]) -> int:
    """What a value is computed from, wherever counters begin that a checkpoint may move."""
    found = known.get(term)
    if found is None:
        is_open = term.sort in (Sort.COUNTER, Sort.CARRIED) and term.operands[0].sort is not Sort.CONSTANT
        # The default of a setting is another matter, too.
        inner = () if is_open or term.sort in (Sort.OPTION, Sort.ENVIRONMENT) else term.operands
        shapes = [_shape(operand, known) for operand in inner]
        ordered = sorted(shapes) if term.sort is Sort.OPERATION and term.value in ("+", "*") else shapes
        found = known[term] = hash((term.sort, str(term.value), *ordered))
    return found


def is_moved(mine: Term, theirs: Term) -> bool:
    """Whether two numbers are the same but for a constant that is added."""
    if mine.sort is theirs.sort is Sort.OPERATION and mine.value == theirs.value == "if":
        return any(map(is_moved, mine.operands[1:], theirs.operands[1:]))
    (one, added), (other, more) = _parted(mine), _parted(theirs)
    return added != more and len(one) == len(other) > 0 and all(map(same_shape, one, other))


def _parted(number: Term) -> tuple[list[Term], list[object]]:
    """What a sum is made of, and its constants."""
    summed = number.operands if number.sort is Sort.OPERATION and number.value == "+" else (number,)
    constants = [term.value for term in summed if term.sort is Sort.CONSTANT]
    return [term for term in summed if term.sort is not Sort.CONSTANT], constants
