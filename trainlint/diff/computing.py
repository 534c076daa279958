"""A term and a case in, its value in that case out.

A case gives values to all that a term depends on: the step, the processes, options and the environment.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import field

from trainlint.facts.terms import Sort, Term
from trainlint.record import record

_CASES = 40
#: So many values are tried of what terms ask for, and how many processes there may be.
_ASKED = 8
_LARGEST = 2**16
_TEXTS = 12
#: Operators that are computed; anything else stands for itself.
_COMPUTED: dict[str, Callable[..., object]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": lambda base, power: _bounded(base**power) if abs(power) < 64 else math.nan,
    "max": max,
    "min": min,
    "abs": abs,
    "int": int,
    "float": float,
    "bool": bool,
    "round": round,
    "math.cos": math.cos,
    "math.sin": math.sin,
    "math.sqrt": math.sqrt,
    "math.exp": math.exp,
    "math.log": math.log,
    "math.ceil": math.ceil,
    "math.floor": math.floor,
}
#: All operations that are computed: those above, and these in ways of their own.
_OPERATORS = {*_COMPUTED, "+", "*", "and", "or", "not", "if"}
#: The operators that may be asked of things.
_COMPARING = {"==", "!=", "is", "is not"}
_SETTINGS = (Sort.OPTION, Sort.ENVIRONMENT)


@record
class Thing:
    """What stands for itself: a tensor, an object, an unknown; equal where both sides have the same one."""

    name: str


@record
class Truth:
    """What `and` or `or` gives of parts that are no truth values: which of them is not known, only this."""

    value: bool

    def __bool__(self) -> bool:
        return self.value


#: What stands for a value whose arithmetic fails in this case: a division by zero, a number of a text.
FAILED = object()


#: What stands for a value that depends on something unknown.
UNSAID = object()


class UncertainError(Exception):
    """A value that cannot be computed."""


@record
class Unsaid:
    """Something unknown; whatever is computed from it is unknown."""

    number: int


@record
class Case:
    """Values for all that a term depends on; `told` says in words which case it is.

    `settings` are the values of options and variables of the environment.
    """

    step: int
    world: int
    rank: int
    settings: Mapping[str, object]
    told: str


@record
class Turns:
    """Numbers at which a test of a term turns, with those beside them; settings and things by their names.

    A thing is what only a run knows, by its identity.
    """

    steps: frozenset[int] = frozenset()
    worlds: frozenset[int] = frozenset()
    ranks: frozenset[int] = frozenset()
    settings: Mapping[str, frozenset[float]] = field(default_factory=dict)
    things: Mapping[int, frozenset[float]] = field(default_factory=dict)


def cases(
    one: Term, other: Term, shared: Set[str] = frozenset(), turns: Sequence[Turns] = ()
) -> Iterable[Case]:
    """Steps around every number that is mentioned, alone and distributed, at the defaults and off them.

    `shared` are the options that both programs have: what one of the two terms alone asks may be set too.
    `turns` are the numbers at which the tests of the terms turn.
    """
    parts = [*one.walk(), *other.walk()]
    counted = any(term.sort is Sort.COUNTER for term in parts)
    launched = any(term.sort is Sort.FACT for term in parts)
    processes = _processes(turns) if launched else [(1, 0)]
    for settings in _settings(one, other, shared, turns):
        steps = _steps(parts, settings, turns) if counted else [0]
        for world, rank in processes:
            for step in steps:
                told = _told(step if counted else None, (world, rank) if launched else None)
                yield Case(step, world, rank, settings, told)


def _processes(turns: Iterable[Turns]) -> list[tuple[int, int]]:
    """World sizes and ranks: alone, two, four, and what the terms ask for."""
    usual = [(1, 0), (2, 1), (4, 0)]
    ranks = {rank for each in turns for rank in each.ranks if 1 < rank < _LARGEST}
    worlds = {world for each in turns for world in each.worlds if 0 < world < _LARGEST} - {1, 2, 4}
    asked = [*((rank + 1, rank) for rank in sorted(ranks)), *((world, 0) for world in sorted(worlds))]
    return usual + asked[:_ASKED]


def _steps(parts: Iterable[Term], settings: Mapping[str, object], turns: Iterable[Turns]) -> list[int]:
    """The first steps, those at which a test turns, and those around every number that is mentioned."""
    values = [term.value for term in parts if term.sort is Sort.CONSTANT]
    whole = {
        value for value in (*values, *settings.values()) if isinstance(value, int) and value not in (0, 1)
    }
    marks = {mark for value in whole for mark in (value - 1, value, value + 1, 2 * value)}
    turned = {step for each in turns for step in each.steps if 0 < step < 10**8}
    first = [0, 1, 2, 3, *sorted(turned), *sorted(mark for mark in marks if 0 < mark < 10**8)]
    return sorted(list(dict.fromkeys(first))[:_CASES])


def _settings(
    one: Term, other: Term, shared: Set[str], turns: Iterable[Turns]
) -> Iterable[Mapping[str, object]]:
    """The defaults, then other values for what both sides can be told: all at once, and one by one."""
    mine, theirs = defaults_of(one), defaults_of(other)
    defaults = theirs | mine
    both = [name for name in defaults if (name in mine and name in theirs) or name in shared]
    yield defaults
    for flipped in (False, True) if both else ():
        yield defaults | {name: _moved(defaults[name], flipped=flipped) for name in both}
    # What only the candidate asks a text for is something new that the reference could not be told.
    texts = {term.value for term in one.walk() if isinstance(term.value, str)}
    asked = sorted(texts) if len(texts) <= _TEXTS else ()
    for name in both[:_TEXTS]:
        for value in _others(defaults[name], asked):
            yield defaults | {name: value}
    for name in both[:_TEXTS]:
        turned = {value for each in turns for value in each.settings.get(name, ())}
        for value in sorted(turned - {defaults[name]})[:_ASKED]:
            yield defaults | {name: value}


def _others(value: object, asked: Iterable[str]) -> Iterable[object]:
    """Values that change what a program does: nothing for a number, what a text is compared with."""
    if isinstance(value, str):
        return (text for text in asked if text != value)
    return (0,) if isinstance(value, (int, float)) and not isinstance(value, bool) and value else ()


def _moved(value: object, *, flipped: bool) -> object:
    """Another value of the same type."""
    if isinstance(value, bool):
        return value is not flipped
    if isinstance(value, int):
        return value + 3
    return value * 1.5 + 0.125 if isinstance(value, float) else value


def defaults_of(term: Term) -> dict[str, object]:
    """The options and variables of a term with their defaults, as far as they are known."""
    return {
        f"{part.sort.value} {part.value}": part.operands[0].value
        for part in term.walk()
        if part.sort in (Sort.OPTION, Sort.ENVIRONMENT) and part.operands[0].sort is Sort.CONSTANT
    }


def _told(step: int | None, process: tuple[int, int] | None) -> str:
    words = [f"at step {step:,}"] if step is not None else []
    if process is not None:
        world, rank = process
        words.append("with one process" if world == 1 else f"on rank {rank} of {world} processes")
    return " ".join(words)


def is_computed(term: Term) -> bool:
    """Whether a value is worked out from its operands."""
    if term.sort is Sort.OPERATION:
        return term.value in _OPERATORS
    return term.sort in (Sort.FACT, Sort.COUNTER)


def settles(term: Term) -> bool:
    """Whether a term has a value of its own."""
    return term.sort in (Sort.CONSTANT, Sort.OPTION, Sort.ENVIRONMENT)


def things_of(term: Term) -> Iterable[Term]:
    """The outermost parts of a term that are not computed, each once."""
    seen, waiting = set[int](), [term]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if is_computed(part):
            waiting += reversed(part.operands)
        elif not settles(part):
            yield part


def attempt(term: Term, case: Case, things: Mapping[int, object]) -> object:
    """The value of a term in one case; UNSAID where it is not known, FAILED where the arithmetic fails."""
    try:
        return compute(term, case, dict(things))
    except UncertainError:
        return UNSAID
    except (ArithmeticError, TypeError, ValueError):
        return FAILED


def compute(term: Term, case: Case, known: dict[int, object]) -> object:
    """The value of a term in one case; raises what the arithmetic raises.

    `known` are the values of things, to which those of operations are added: a variable that is changed often
    stands in its own value many times.
    """
    sort = term.sort
    if sort is Sort.CONSTANT:
        return term.value
    if sort is Sort.OPERATION and term.value in _OPERATORS:
        if id(term) not in known:
            known[id(term)] = _operation(term, case, known)
        return known[id(term)]
    if sort in _SETTINGS:
        return _setting(term, case)
    if sort is Sort.FACT:
        return _fact(str(term.value), case)
    if sort is Sort.COUNTER:
        start, step = (compute(operand, case, known) for operand in term.operands)
        return _number(start) + case.step * _number(step)
    found = known.get(id(term))
    if found is None or isinstance(found, Unsaid):
        raise UncertainError
    return found


def _fact(name: str, case: Case) -> object:
    if name == "distributed":
        return case.world > 1
    return case.world if name == "world size" else case.rank


def _operation(term: Term, case: Case, known: dict[int, object]) -> object:
    name = str(term.value)
    if name == "if":
        test, then, other = term.operands
        return compute(then if compute(test, case, known) else other, case, known)
    if name in ("and", "or"):
        return _logic(term, case, known)
    values = [compute(operand, case, known) for operand in term.operands]
    if name == "not":
        return not values[0]
    if name == "+":
        return sum([_number(value) for value in values])
    if name == "*":
        return _bounded(math.prod(map(_number, values)))
    for value in values:
        if isinstance(value, Truth) or (isinstance(value, Thing) and name not in _COMPARING):
            raise UncertainError
    return _COMPUTED[name](*values)


def _logic(term: Term, case: Case, known: dict[int, object]) -> object:
    """`and` and `or`: what decides may decide although another part is not known."""
    decides, unsaid, plain = term.value == "or", False, True
    for operand in term.operands:
        try:
            value = compute(operand, case, known)
        except UncertainError:
            unsaid = True
            continue
        plain = plain and isinstance(value, bool)
        if bool(value) is decides:
            return decides if plain else Truth(decides)
    if unsaid:
        raise UncertainError
    return not decides if plain else Truth(not decides)


def _setting(term: Term, case: Case) -> object:
    name = f"{term.sort.value} {term.value}"
    return case.settings.get(name, Thing(name))


def _bounded(value: float) -> float:
    """A large number as one of fixed size: squares of squares would have more digits than there is memory."""
    return float(value) if abs(value) > 2**63 else value


def _number(value: object) -> float:
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (Thing, Truth)):
        raise UncertainError
    raise TypeError("not a number")


def equal(one: object, other: object) -> bool:
    """Whether two computed values are the same number, or the same text."""
    if isinstance(one, Truth) or isinstance(other, Truth):
        return bool(one) is bool(other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (one != one and other != other)
    return type(one) is type(other) and one == other


def is_half_told(one: object, other: object) -> bool:
    """Whether of one value only is known whether it counts as true, and the other is no truth value."""
    return any(
        isinstance(value, Truth) and not isinstance(beside, (Truth, bool))
        for value, beside in ((one, other), (other, one))
    )


def shown(one: object, other: object) -> str:
    """Two values in a message, with as many digits as it takes to tell them apart."""
    one, other = (value.value if isinstance(value, Truth) else value for value in (one, other))
    texts = repr(one), repr(other)
    for digits in (6, 9, 12):
        short = [f"{value:.{digits}g}" if isinstance(value, float) else repr(value) for value in (one, other)]
        if short[0] != short[1]:
            return " and ".join(short)
    return " and ".join(texts)
