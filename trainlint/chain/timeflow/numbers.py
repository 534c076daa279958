"""A symbol and what is assumed of counters and settings in, its value in one launch out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Protocol

from trainlint.chain.operations import ABSENT
from trainlint.chain.timeflow.counting import CounterKey, Mentions, counter_key, tests_of
from trainlint.facts.behaviour import Step
from trainlint.facts.symbols import (
    Choice,
    Constant,
    External,
    Happens,
    Made,
    Operation,
    Runtime,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import entity
from trainlint.source import Span

#: Counters by their key, settings by their path, facts of the launch: what they are taken to be.
Given = Mapping[object, object]
#: The key under which `Given` has what every unknown number is taken for, where only the form matters.
UNKNOWN = "unknown"

_DEPTH = 80
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "int": int,
    "float": float,
    "bool": bool,
    "abs": abs,
    "round": round,
    "max": max,
    "min": min,
    "neg": operator.neg,
    "pos": operator.pos,
    "math.floor": math.floor,
    "math.ceil": math.ceil,
    "math.cos": math.cos,
    "math.sin": math.sin,
    "math.exp": math.exp,
    "math.log": math.log,
    "math.sqrt": math.sqrt,
    "numpy.ceil": math.ceil,
    "numpy.floor": math.floor,
    "numpy.cos": math.cos,
    "numpy.exp": math.exp,
    "numpy.minimum": min,
    "numpy.maximum": max,
    "numpy.clip": lambda value, low, high: min(max(value, low), high),
}
#: Functions that drop the fraction; `exact` leaves it.
_FLOORS = {"int", "math.floor", "numpy.floor", "math.ceil", "numpy.ceil", "round"}
_CONSTANTS = {"math.pi": math.pi, "numpy.pi": math.pi, "math.inf": math.inf}


class Lookup(Protocol):
    """What knows the values of one launch."""

    def value(self, symbol: Symbol) -> Value[object]:
        """The value of a symbol."""


class _UnsaidError(Exception):
    """A part of the symbol has no value."""

    def __init__(self, reason: str, span: Span | None) -> None:
        super().__init__(reason)
        self.reason, self.span = reason, span


@entity
class Calculator:
    """Values of one launch. `documents` finds a value in a file that the code reads."""

    lookup: Lookup
    documents: Callable[[Operation], Value[object] | None]
    mentions: Mentions
    _leaves: dict[int, tuple[Symbol, Value[object]]] = field(default_factory=dict)

    def value(
        self, symbol: Symbol, span: Span, given: Given | None = None, *, exact: bool = False
    ) -> Value[object]:
        """What a symbol is; `span` is blamed where nothing better is known. `exact` rounds nothing."""
        try:
            return Known(_Sum(self, given or {}, exact).of(symbol), span)
        except _UnsaidError as unsaid:
            return Unknown(unsaid.reason, unsaid.span or span)
        except (ArithmeticError, ValueError, TypeError):
            return Unknown("a computation that does not work out", span)

    def number(self, symbol: Symbol, given: Given | None = None, *, exact: bool = False) -> float | None:
        """A number, None where there is none."""
        found = self.value(symbol, _NOWHERE, given, exact=exact)
        value = found.value if isinstance(found, Known) else None
        return value if isinstance(value, (int, float)) and math.isfinite(value) else None

    def leaf(self, symbol: Symbol) -> Value[object]:
        """The launch's own value of a setting, a fact and so on."""
        known = self._leaves.get(id(symbol))
        if known is None:
            known = self._leaves[id(symbol)] = (symbol, self.lookup.value(symbol))
        return known[1]


_NOWHERE = Span.at("")


@entity
class _Sum:
    """One evaluation."""

    calculator: Calculator
    given: Given
    exact: bool
    depth: int = 0

    def of(self, symbol: Symbol) -> object:
        """The value, or _UnsaidError."""
        if isinstance(symbol, Constant):
            return symbol.value
        key = counter_key(symbol)
        if key is not None and (key in self.given or not isinstance(symbol, Operation)):
            return self._counter(symbol, key)
        if isinstance(symbol, External) and symbol.name in _CONSTANTS:
            return _CONSTANTS[symbol.name]
        if isinstance(symbol, Setting) and symbol.path in self.given:
            return self.given[symbol.path]
        if isinstance(symbol, Runtime) and symbol.fact in self.given:
            return self.given[symbol.fact]
        self.depth += 1
        try:
            if self.depth > _DEPTH:
                raise _UnsaidError("a computation that is too deep to follow", None)
            if isinstance(symbol, Operation):
                return self._operation(symbol)
            if isinstance(symbol, Made):
                return self._made(symbol)
            if isinstance(symbol, Choice):
                return self._choice(symbol)
            if isinstance(symbol, Happens):
                return self._happens(symbol)
            return self._leaf(symbol)
        finally:
            self.depth -= 1

    def _counter(self, symbol: Symbol, key: CounterKey) -> object:
        if key in self.given:
            return self.given[key]
        raise _UnsaidError("it changes during the run", getattr(symbol, "span", None))

    def _leaf(self, symbol: Symbol) -> object:
        found = self.calculator.leaf(symbol)
        if isinstance(found, Unknown) or found.value is ABSENT:
            return self._assumed(found)
        return found.value

    def _assumed(self, found: Value[object]) -> object:
        if UNKNOWN in self.given:
            return self.given[UNKNOWN]
        if isinstance(found, Unknown):
            raise _UnsaidError(found.reason, found.span)
        raise _UnsaidError("a key is not there", found.span)

    def _operation(self, symbol: Operation) -> object:
        name, operands = symbol.name, symbol.operands
        if name in ("and", "or"):
            return self._either(operands, stop=name == "or")
        if name == "not":
            return not self.of(operands[0])
        if name in ("is", "is not", "==", "!="):
            return self._compared(name, operands)
        if name == "**" or name in _OPERATORS:
            return self._binary(name, operands)
        if name in _FUNCTIONS:
            return self._function(name, operands)
        if name == "default" and isinstance(operands[0], Setting) and operands[0].path in self.given:
            return self.given[operands[0].path]
        if name == "len" and isinstance(operands[0], (Sequence, Table)) and not operands[0].open:
            inner = operands[0]
            return len(inner.items if isinstance(inner, Sequence) else inner.entries)
        found = self.calculator.documents(symbol) if name in (".", "[]") else None
        if found is None:
            return self._leaf(symbol)
        return self._assumed(found) if isinstance(found, Unknown) else found.value

    def _either(self, operands: tuple[Symbol, ...], *, stop: bool) -> object:
        value: object = None
        for operand in operands:
            value = self.of(operand)
            if bool(value) is stop:
                return value
        return value

    def _compared(self, name: str, operands: tuple[Symbol, ...]) -> bool:
        first, second = (self.of(operand) for operand in operands)
        same = first is second if name.startswith("is") and None in (first, second) else first == second
        return same is (name in ("is", "=="))

    def _binary(self, name: str, operands: tuple[Symbol, ...]) -> object:
        first, second = (_numeric(self.of(operand)) for operand in operands)
        if name == "**":
            if abs(second) > 1000 or abs(first) > 1e9:
                raise _UnsaidError("a power that is too large", None)
            return first**second
        if name == "//" and self.exact:
            return first / second
        return _OPERATORS[name](first, second)

    def _function(self, name: str, operands: tuple[Symbol, ...]) -> object:
        if len(operands) == 1 and isinstance(operands[0], Sequence) and not operands[0].open:
            operands = operands[0].items
        values = [_numeric(self.of(operand)) for operand in operands]
        if self.exact and name in _FLOORS and values:
            return values[0]
        return _FUNCTIONS[name](*values)

    def _made(self, symbol: Made) -> object:
        if symbol.name in _FUNCTIONS and not symbol.keywords:
            return self._function(symbol.name, symbol.positional)
        return self._leaf(symbol)

    def _choice(self, symbol: Choice) -> object:
        try:
            test = bool(self.of(symbol.test))
        except _UnsaidError:
            then, other = self.of(symbol.then), self.of(symbol.other)
            if then == other:
                return then
            raise
        return self.of(symbol.then if test else symbol.other)

    def _happens(self, symbol: Happens) -> object:
        if not self.calculator.mentions.of(symbol) and not self.given:
            return self._leaf(symbol)
        for place in symbol.place.outwards():
            if place.step is Step.CALL:
                return True
            if place.step is Step.BRANCH and place.value is not None:
                if bool(self.of(place.value)) is not place.truth:
                    return False
            elif (
                place.step in (Step.UNLESS, Step.ASSUMED)
                and place.barred is not None
                and tests_of(place.barred)
            ):
                if self.of(Happens(place.barred)):
                    return False
            elif place.step in (Step.LOOP, Step.TRY):
                raise _UnsaidError("it depends on the turn of a loop", place.span)
        return True


def _numeric(value: object) -> float:
    if isinstance(value, (int, float)):
        return value
    raise _UnsaidError("it is no number", None)
