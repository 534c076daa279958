"""Two terms in, whether they are the same value out: by their form, else by trying many cases.

Sums, products, tests and choices are computed for many values of what they depend on: options and the
environment at their defaults and off them, world sizes, steps around every number that either term
mentions. What cannot be computed (a tensor, a batch) stands for itself.
"""

from __future__ import annotations

import math
import operator
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from enum import Enum

from trainlint.diff.terms import Terms
from trainlint.facts.terms import Sort, Term
from trainlint.record import entity, record

_CASES = 40
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
    "**": lambda base, power: base**power if abs(power) < 64 else math.nan,
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
_OWN = {"+", "*", "and", "or", "not", "if"}
_SPLIT = re.compile(r"(?<![a-z])(train|training|val|valid|validation|eval|evaluation|test|dev)(?![a-z])")
_SPLITS = {"training": "train", "valid": "val", "validation": "val", "eval": "val", "evaluation": "val"}


class Verdict(Enum):
    """What is known of two terms."""

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


@record
class Judgement:
    """`where` says for which case the two differ, and what they are there."""

    verdict: Verdict
    where: str | None = None


@record
class Thing:
    """What stands for itself: a tensor, an object, an unknown; equal where both sides have the same one."""

    name: str


class _UncertainError(Exception):
    """A value that cannot be computed."""


def splits_of(term: Term) -> frozenset[str]:
    """The data splits that a value has to do with, by the texts in it: a key says more than a file's name."""
    keys, texts = set[str](), set[str]()
    for part in term.walk():
        if part.sort is Sort.OPERATION and part.value == "[]" and part.operands[-1].sort is Sort.CONSTANT:
            keys |= _split_words(part.operands[-1].value)
        elif part.sort is Sort.CONSTANT:
            texts |= _split_words(part.value)
    return frozenset(keys or texts)


def _split_words(value: object) -> set[str]:
    if not isinstance(value, str):
        return set()
    return {_SPLITS.get(word, word) for word in _SPLIT.findall(value.lower())}


def is_measured(term: Term) -> bool:
    """Whether only a run knows a value: it was computed from tensors or data."""
    return any(part.sort in (Sort.CALL, Sort.CARRIED) or _is_member(part) for part in term.walk())


def _is_member(term: Term) -> bool:
    return term.sort is Sort.OPERATION and str(term.value)[:1] in ("[", ".") or term.value == "item"


@entity
class Judge:
    """Compares terms; `explained` are pairs of defaults that are told of already."""

    terms: Terms
    explained: set[tuple[int, int]] = field(default_factory=set)
    _known: dict[tuple[int, int], Judgement] = field(default_factory=dict)

    def judge(self, one: Term, other: Term) -> Judgement:
        """Whether the reference's term and the candidate's are the same value."""
        if one is other or (id(one), id(other)) in self.explained:
            return Judgement(Verdict.SAME)
        key = (id(one), id(other))
        found = self._known.get(key)
        if found is None:
            self._known[key] = Judgement(Verdict.UNCLEAR)
            found = self._known[key] = self._judge(one, other)
        return found

    def same(self, one: Term, other: Term) -> bool:
        """Whether nothing is known to differ."""
        return self.judge(one, other).verdict is Verdict.SAME

    def _judge(self, one: Term, other: Term) -> Judgement:
        if Sort.UNKNOWN in (one.sort, other.sort):
            return Judgement(Verdict.UNCLEAR)
        if _is_computed(one) or _is_computed(other) or _settles(one) or _settles(other):
            return self._tried(one, other)
        return self._by_form(one, other)

    def _by_form(self, one: Term, other: Term) -> Judgement:
        """Two things that are not computed: the same where they are made alike."""
        alike = one.sort is other.sort and one.value == other.value
        if not alike or len(one.operands) != len(other.operands):
            if one.sort is other.sort is Sort.CALL and one.value == other.value:
                return self._by_arguments(one, other)
            known = one.is_known and other.is_known
            return Judgement(Verdict.DIFFERENT if known else Verdict.UNCLEAR)
        return self._together(zip(one.operands, other.operands, strict=True))

    def _by_arguments(self, one: Term, other: Term) -> Judgement:
        """Two calls with other arguments given."""
        mine = {term.value: term for term in one.operands[1:]}
        theirs = {term.value: term for term in other.operands[1:]}
        if set(mine) != set(theirs):
            return Judgement(Verdict.DIFFERENT)
        pairs = [(mine[key], theirs[key]) for key in mine]
        return self._together([(one.operands[0], other.operands[0]), *pairs])

    def _together(self, pairs: Iterable[tuple[Term, Term]]) -> Judgement:
        unclear = False
        for mine, theirs in pairs:
            found = self.judge(mine, theirs)
            if found.verdict is Verdict.DIFFERENT:
                return found
            unclear = unclear or found.verdict is Verdict.UNCLEAR
        return Judgement(Verdict.UNCLEAR if unclear else Verdict.SAME)

    def _tried(self, one: Term, other: Term) -> Judgement:
        """Two values that are computed, for many cases."""
        things = self._things(one, other)
        agreed = False
        for case in cases(one, other):
            values = []
            for side, term in enumerate((one, other)):
                try:
                    values.append(compute(term, case, things[side]))
                except _UncertainError:
                    break
                except (ArithmeticError, TypeError, ValueError):
                    values.append(None)
            if len(values) < 2:
                return Judgement(Verdict.UNCLEAR)
            if not _equal(*values):
                return self._differing(case, values)
            agreed = agreed or values[0] is not None
        return Judgement(Verdict.SAME if agreed else Verdict.UNCLEAR)

    def _differing(self, case: Case, values: list[object]) -> Judgement:
        mine, theirs = values
        if isinstance(mine, Thing) != isinstance(theirs, Thing) and not (mine is None or theirs is None):
            return Judgement(Verdict.DIFFERENT)
        if isinstance(mine, Thing) or isinstance(theirs, Thing):
            return Judgement(Verdict.DIFFERENT, f"for {case.told}" if case.told else None)
        where = f"{_shown(mine)} and {_shown(theirs)}"
        return Judgement(Verdict.DIFFERENT, f"{case.told}: {where}" if case.told else where)

    def _things(self, one: Term, other: Term) -> tuple[dict[int, object], dict[int, object]]:
        """What stands for itself on each side, under names that are the same where the things are."""
        mine = {id(term): term for term in things_of(one)}
        theirs = {id(term): term for term in things_of(other)}
        named: tuple[dict[int, object], dict[int, object]] = ({}, {})
        for number, (key, term) in enumerate(mine.items()):
            named[0][key] = _stand_in(term, number)
            twin = term if key in theirs else self._twin(term, theirs, named[1])
            if twin is not None:
                named[1][id(twin)] = named[0][key]
        for number, (key, term) in enumerate(theirs.items()):
            named[1].setdefault(key, _stand_in(term, 1000 + number))
        return named

    def _twin(self, term: Term, others: Mapping[int, Term], taken: Mapping[int, object]) -> Term | None:
        """The thing of the other side that is the same for all that can be said."""
        free = [other for key, other in others.items() if key not in taken]
        for other in free:
            if self.judge(term, other).verdict is Verdict.SAME:
                return other
        if not is_measured(term) and term.sort is not Sort.UNKNOWN:
            return None
        labels = splits_of(term)
        return next((other for other in free if _alike(other, labels)), None)


def _alike(other: Term, labels: frozenset[str]) -> bool:
    """What is measured on the same split counts as the same here: what made it is compared elsewhere."""
    if other.sort is Sort.UNKNOWN:
        return True
    return is_measured(other) and (not labels or not splits_of(other) or labels == splits_of(other))


def _stand_in(term: Term, number: int) -> object:
    if term.sort is Sort.UNKNOWN:
        return _Unsaid(number)
    if is_measured(term):
        return 0.5 + random.Random(number).random()
    return Thing(f"{term.sort.value} {number}")


@record
class _Unsaid:
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


def cases(one: Term, other: Term) -> Iterable[Case]:
    """Steps around every number that is mentioned, alone and distributed, at the defaults and off them."""
    parts = [*one.walk(), *other.walk()]
    counted = any(term.sort is Sort.COUNTER for term in parts)
    shared = any(term.sort is Sort.FACT for term in parts)
    for settings in _settings(one, other):
        steps = _steps(parts, settings) if counted else [0]
        for world, rank in ((1, 0), (2, 1), (4, 0)) if shared else ((1, 0),):
            for step in steps:
                told = _told(step if counted else None, (world, rank) if shared else None)
                yield Case(step, world, rank, settings, told)


def _steps(parts: Iterable[Term], settings: Mapping[str, object]) -> list[int]:
    """The first steps, and those around every number that is mentioned."""
    values = [term.value for term in parts if term.sort is Sort.CONSTANT]
    whole = {
        value for value in (*values, *settings.values()) if isinstance(value, int) and value not in (0, 1)
    }
    marks = {mark for value in whole for mark in (value - 1, value, value + 1, 2 * value)}
    return sorted({0, 1, 2, 3, *(mark for mark in marks if 0 < mark < 10**8)})[:_CASES]


def _settings(one: Term, other: Term) -> Iterable[Mapping[str, object]]:
    """The defaults, then other values for what both sides can be told."""
    mine, theirs = _defaults(one), _defaults(other)
    both = mine.keys() & theirs.keys()
    defaults = theirs | mine
    yield defaults
    if both:
        for flipped in (False, True):
            yield {
                name: _moved(value, flipped=flipped) if name in both else value
                for name, value in defaults.items()
            }


def _moved(value: object, *, flipped: bool) -> object:
    """Another value of the same type."""
    if isinstance(value, bool):
        return value is not flipped
    if isinstance(value, int):
        return value + 3
    return value * 1.5 + 0.125 if isinstance(value, float) else value


def _defaults(term: Term) -> dict[str, object]:
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


def _is_computed(term: Term) -> bool:
    if term.sort is Sort.OPERATION:
        return str(term.value) in _COMPUTED or str(term.value) in _OWN
    return term.sort in (Sort.FACT, Sort.COUNTER)


def _settles(term: Term) -> bool:
    """Whether a term has a value of its own."""
    return term.sort in (Sort.CONSTANT, Sort.OPTION, Sort.ENVIRONMENT)


def things_of(term: Term) -> Iterable[Term]:
    """The outermost parts of a term that are not computed."""
    if _is_computed(term):
        for operand in term.operands:
            yield from things_of(operand)
    elif not _settles(term):
        yield term


def compute(term: Term, case: Case, things: Mapping[int, object]) -> object:
    """The value of a term in one case; raises what the arithmetic raises."""
    if term.sort is Sort.CONSTANT:
        return term.value
    if term.sort in (Sort.OPTION, Sort.ENVIRONMENT):
        return _setting(term, case)
    if term.sort is Sort.FACT:
        return _fact(str(term.value), case)
    if term.sort is Sort.COUNTER:
        start, step = (compute(operand, case, things) for operand in term.operands)
        return _number(start) + case.step * _number(step)
    if not _is_computed(term):
        found = things.get(id(term))
        if found is None or isinstance(found, _Unsaid):
            raise _UncertainError
        return found
    return _operation(term, case, things)


def _fact(name: str, case: Case) -> object:
    if name == "distributed":
        return case.world > 1
    return case.world if name == "world size" else case.rank


def _operation(term: Term, case: Case, things: Mapping[int, object]) -> object:
    name = str(term.value)
    if name == "if":
        test, then, other = term.operands
        return compute(then if compute(test, case, things) else other, case, things)
    if name in ("and", "or"):
        return _logic(term, case, things)
    values = [compute(operand, case, things) for operand in term.operands]
    if name == "not":
        return not values[0]
    if name == "+":
        return sum(map(_number, values))
    if name == "*":
        return math.prod(map(_number, values))
    if any(isinstance(value, Thing) for value in values) and name not in ("==", "!=", "is", "is not"):
        raise _UncertainError
    return _COMPUTED[name](*values)


def _logic(term: Term, case: Case, things: Mapping[int, object]) -> object:
    """`and` and `or`: what decides may decide although another part is not known."""
    decides, unsaid = term.value == "or", False
    for operand in term.operands:
        try:
            value = compute(operand, case, things)
        except _UncertainError:
            unsaid = True
            continue
        if bool(value) is decides:
            return decides
    if unsaid:
        raise _UncertainError
    return not decides


def _setting(term: Term, case: Case) -> object:
    name = f"{term.sort.value} {term.value}"
    return case.settings.get(name, Thing(name))


def _number(value: object) -> float:
    if isinstance(value, (int, float)):
        return value
    raise TypeError("not a number")


def _equal(one: object, other: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (one != one and other != other)
    return type(one) is type(other) and one == other


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value)
