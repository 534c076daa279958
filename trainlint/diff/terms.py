"""Operators and operands in, terms in normal form out: each term is made once.

Sums and products are multisets of their parts, comparisons point one way, choices ask an affirmative
question, and what a launch of one process makes of a term is the term itself where it says no more.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import field

from trainlint.facts.terms import Sort, Term
from trainlint.record import entity

_Key = tuple[Sort, type, object, tuple[Term, ...]]
#: Values of these types are constants as they are.
_PLAIN = {int, str, bool, type(None)}
_TURNED = {">": "<", ">=": "<="}
_NEGATED = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"}
_FOLDED: dict[str, Callable[..., object]] = {
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": lambda a, b: a**b if abs(b) < 64 and abs(a) < 1e9 else math.nan,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


@entity
class Terms:
    """Makes terms; two terms of one maker are equal where they are the same object."""

    _made: dict[_Key, Term] = field(default_factory=dict)
    _serial: dict[int, int] = field(default_factory=dict)
    _alone: dict[int, Term] = field(default_factory=dict)
    _negated: dict[int, Term] = field(default_factory=dict)

    def make(self, sort: Sort, value: object = None, *operands: Term) -> Term:
        """The term of this content, as it is."""
        key = (sort, type(value), value, operands)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Term(sort, value, operands)
            self._serial[id(found)] = len(self._serial)
        return found

    def constant(self, value: object) -> Term:
        """A value that is known; what cannot be told apart by value counts by its text."""
        if value.__class__ in _PLAIN:
            return self.make(Sort.CONSTANT, value)
        if isinstance(value, (list, tuple, set, frozenset)):
            return self.make(Sort.LIST, None, *map(self.constant, value))
        if isinstance(value, dict):
            pairs = (part for pair in value.items() for part in map(self.constant, pair))
            return self.make(Sort.TABLE, None, *pairs)
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        plain = value is None or value is Ellipsis or isinstance(value, (bool, int, float, str, bytes))
        return self.make(Sort.CONSTANT, value if plain else repr(value))

    def unknown(self, reason: str) -> Term:
        """What cannot be said."""
        return self.make(Sort.UNKNOWN, reason)

    @property
    def nothing(self) -> Term:
        """No value at all."""
        return self.make(Sort.NOTHING)

    def ordered(self, terms: Iterable[Term]) -> tuple[Term, ...]:
        """Terms in an order that depends on what they are only."""
        return tuple(sorted(terms, key=self._rank))

    def inserted(self, known: tuple[Term, ...], terms: Iterable[Term]) -> tuple[Term, ...]:
        """Terms that are in order already, with others among them, each once."""
        found = list(known)
        for term in terms:
            at = bisect_left(found, self._rank(term), key=self._rank)
            if at == len(found) or found[at] is not term:
                found.insert(at, term)
        return known if len(found) == len(known) else tuple(found)

    def _rank(self, term: Term) -> int:
        return self._serial[id(term)]

    def operation(self, name: str, *operands: Term) -> Term:
        """An operator over terms, in normal form."""
        if name in ("+", "-") and len(operands) == 2 and not _textual(operands):
            first, second = operands
            return self.sum((first, self.negative(second) if name == "-" else second))
        if name == "neg":
            return self.negative(operands[0])
        if name in ("*", "/") and len(operands) == 2 and not _textual(operands):
            first, second = operands
            return self.product((first, self.inverse(second) if name == "/" else second))
        if name in _TURNED:
            name, operands = _TURNED[name], operands[::-1]
        if name in ("==", "!="):
            operands = self.ordered(operands)
        if name in ("and", "or"):
            return self.logic(name, operands)
        if name == "not":
            return self.negation(operands[0])
        return self._folded(name, operands) or self.make(Sort.OPERATION, name, *operands)

    def _folded(self, name: str, operands: tuple[Term, ...]) -> Term | None:
        """What an operator makes of constants."""
        values = [term.value for term in operands]
        if not all(term.sort is Sort.CONSTANT for term in operands):
            same = name in ("==", "is") and operands[0] is operands[1]
            return self.constant(True) if same else None
        if name in ("==", "is", "!=", "is not"):
            equal = values[0] == values[1] and isinstance(values[0], str) is isinstance(values[1], str)
            return self.constant(equal is (name in ("==", "is")))
        function = _FOLDED.get(name)
        if function is None or not all(_is_number(value) for value in values):
            return None
        try:
            return self.constant(function(*values))
        except (ArithmeticError, ValueError):
            return None

    def sum(self, terms: Iterable[Term]) -> Term:
        """A sum: like parts put together, a constant added to a counter moves its start."""
        constant: float = 0
        parts: dict[int, tuple[Term, float]] = {}
        for term in _flat("+", terms):
            factor, rest = self._split(term)
            if rest is None:
                constant += factor
                continue
            parts[id(rest)] = (rest, parts.get(id(rest), (rest, 0.0))[1] + factor)
        kept = [(rest, factor) for rest, factor in parts.values() if factor]
        if len(kept) == 1 and kept[0][0].sort is Sort.COUNTER and kept[0][1] == 1 and constant:
            counter = kept[0][0]
            start, step = counter.operands
            return self.make(Sort.COUNTER, counter.value, self.sum((start, self.constant(constant))), step)
        made = [self.product((self.constant(factor), rest)) for rest, factor in kept]
        if constant or not made:
            made.append(self.constant(constant))
        return made[0] if len(made) == 1 else self.make(Sort.OPERATION, "+", *self.ordered(made))

    def _split(self, term: Term) -> tuple[float, Term | None]:
        """A term as a number times the rest; None for a number alone."""
        if term.sort is Sort.CONSTANT and _is_number(term.value):
            assert isinstance(term.value, (int, float))
            return term.value, None
        if term.sort is Sort.OPERATION and term.value == "*":
            first, *rest = term.operands
            if first.sort is Sort.CONSTANT and _is_number(first.value):
                assert isinstance(first.value, (int, float))
                return first.value, self.product(rest)
        return 1, term

    def product(self, terms: Iterable[Term]) -> Term:
        """A product: the number in front, then the factors with their powers."""
        constant: float = 1
        powers: dict[int, tuple[Term, float]] = {}
        for term in _flat("*", map(as_number, terms)):
            base, power = _power(term)
            if base.sort is Sort.CONSTANT and _is_number(base.value):
                assert isinstance(base.value, (int, float))
                if base.value == 0 and power < 0:
                    return self.unknown("a division by zero")
                constant = constant * base.value**power
            else:
                powers[id(base)] = (base, powers.get(id(base), (base, 0.0))[1] + power)
        if constant == 0:
            return self.constant(0)
        made = [self._raised(base, power) for base, power in powers.values() if power]
        made = list(self.ordered(made))
        if constant != 1 or not made:
            made.insert(0, self.constant(constant))
        return made[0] if len(made) == 1 else self.make(Sort.OPERATION, "*", *made)

    def _raised(self, base: Term, power: float) -> Term:
        return base if power == 1 else self.make(Sort.OPERATION, "**", base, self.constant(power))

    def negative(self, term: Term) -> Term:
        """`-term`."""
        return self.product((self.constant(-1), term))

    def inverse(self, term: Term) -> Term:
        """`1 / term`."""
        base, power = _power(term)
        if base.sort is Sort.CONSTANT and _is_number(base.value):
            assert isinstance(base.value, (int, float))
            value = self.constant(1 / base.value**power) if base.value else None
            return value or self.unknown("a division by zero")
        if term.sort is Sort.OPERATION and term.value == "*":
            return self.product(map(self.inverse, term.operands))
        return self._raised(base, -power)

    def logic(self, name: str, terms: Iterable[Term]) -> Term:
        """`and`, `or`: a set of parts; one part may decide."""
        decides = name == "or"
        parts: dict[int, Term] = {}
        for term in _flat(name, terms):
            known = truth(term)
            if known is decides:
                return self.constant(decides)
            if known is None:
                parts[id(term)] = term
        for term in list(parts.values()):
            if id(self.negation(term)) in parts:
                return self.constant(decides)
        kept = self.ordered(parts.values())
        if not kept:
            return self.constant(not decides)
        if len(kept) == 1:
            return kept[0]
        made = self.make(Sort.OPERATION, name, *kept)
        return self._of_one_process(made) if name == "or" else made

    def _of_one_process(self, made: Term) -> Term:
        """`not distributed or rank == 0` is `rank == 0`: alone, the rank is 0."""
        apart = [term for term in made.operands if term is self.negation(self.distributed)]
        others = [term for term in made.operands if term not in apart]
        if apart and others and truth(self.alone(self.logic("or", others))) is True:
            return self.logic("or", others)
        return made

    def negation(self, term: Term) -> Term:
        """`not term`, with the `not` as far inside as it goes."""
        found = self._negated.get(id(term))
        if found is None:
            found = self._negated[id(term)] = self._not(term)
        return found

    def _not(self, term: Term) -> Term:
        known = truth(term)
        if known is not None:
            return self.constant(not known)
        if term.sort is Sort.OPERATION:
            name = str(term.value)
            if name == "not":
                return term.operands[0]
            if name in _NEGATED:
                return self.operation(_NEGATED[name], *term.operands)
            if name in ("<", "<="):
                return self.operation("<=" if name == "<" else "<", *term.operands[::-1])
            if name in ("and", "or"):
                other = "or" if name == "and" else "and"
                return self.logic(other, map(self.negation, term.operands))
        return self.make(Sort.OPERATION, "not", term)

    def choice(self, test: Term, then: Term, other: Term) -> Term:
        """`then if test else other`."""
        known = truth(test)
        if known is not None:
            return then if known else other
        if then is other:
            return then
        if test.sort is Sort.OPERATION and test.value in ("not", "!=", "is not", "not in", "<="):
            return self.choice(self.negation(test), other, then)
        if test is self.distributed and (self.alone(then) is other or other is self.nothing):
            return then
        if truth(then) is not None and truth(other) is not None and isinstance(then.value, bool):
            return test if then.value else self.negation(test)
        if then.sort is Sort.CONSTANT and isinstance(then.value, bool):
            return self.logic("or" if then.value else "and", (self._if(test, then.value), other))
        if other.sort is Sort.CONSTANT and isinstance(other.value, bool):
            return self.logic("and" if not other.value else "or", (self._if(test, not other.value), then))
        return self.make(Sort.OPERATION, "if", test, then, other)

    def _if(self, test: Term, as_it_is: bool) -> Term:
        return test if as_it_is else self.negation(test)

    @property
    def distributed(self) -> Term:
        """Whether there is more than one process."""
        return self.make(Sort.FACT, "distributed")

    def alone(self, term: Term) -> Term:
        """What a launch of one process makes of a term."""
        found = self._alone.get(id(term))
        if found is None:
            found = self._alone[id(term)] = self._of_one(term)
        return found

    def _of_one(self, term: Term) -> Term:
        if term.sort is Sort.FACT:
            return self.constant(_ALONE[str(term.value)])
        if not term.operands or term.sort is Sort.UNKNOWN:
            return term
        return self.rebuilt(term, tuple(map(self.alone, term.operands)))

    def rebuilt(self, term: Term, operands: tuple[Term, ...]) -> Term:
        """A term with other operands, in normal form again."""
        if operands == term.operands:
            return term
        if term.sort is not Sort.OPERATION:
            return self.make(term.sort, term.value, *operands)
        name = str(term.value)
        if name == "+":
            return self.sum(operands)
        if name == "*":
            return self.product(operands)
        if name == "if":
            return self.choice(*operands)
        return self.operation(name, *operands)


_ALONE: dict[str, object] = {"world size": 1, "rank": 0, "local rank": 0, "distributed": False}


def truth(term: Term) -> bool | None:
    """Whether a term is true, None where that is not known."""
    if term.sort is Sort.CONSTANT:
        return bool(term.value)
    return True if term.sort in (Sort.OBJECT, Sort.FUNCTION, Sort.NAME) else None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _textual(operands: Iterable[Term]) -> bool:
    """Whether `+` or `*` joins texts or lists here."""
    for term in operands:
        if term.sort in (Sort.LIST, Sort.TABLE):
            return True
        if term.sort is Sort.CONSTANT and not _is_number(term.value) and not isinstance(term.value, bool):
            return True
        if term.sort is Sort.OPERATION and term.value in ("format", "str", "concatenated"):
            return True
    return False


def as_number(factor: Term) -> Term:
    """A factor that is a number or None is a number: None cannot be multiplied."""
    if factor.sort is Sort.OPERATION and factor.value == "if":
        _, then, other = factor.operands
        for branch, rest in ((then, other), (other, then)):
            if branch.sort is Sort.CONSTANT and branch.value is None:
                return as_number(rest)
    return factor


def _flat(name: str, terms: Iterable[Term]) -> Iterable[Term]:
    for term in terms:
        if term.sort is Sort.OPERATION and term.value == name:
            yield from _flat(name, term.operands)
        else:
            yield term


def _power(term: Term) -> tuple[Term, float]:
    if term.sort is Sort.OPERATION and term.value == "**" and len(term.operands) == 2:
        base, power = term.operands
        if power.sort is Sort.CONSTANT and _is_number(power.value):
            assert isinstance(power.value, (int, float))
            return base, power.value
    return term, 1
