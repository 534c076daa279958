"""Symbols and places of one launch in, their values in three-valued logic out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Protocol

from trainlint.chain.operations import ABSENT, DISTRIBUTED, UndecidedError, operation, present, same
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.schema import FieldFacts, TypeKind
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    External,
    Fact,
    Happens,
    Instance,
    Made,
    Opaque,
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

#: Looks a path of the config up: a value, a part as dictionaries and lists, Unknown, or ABSENT.
Lookup = Callable[[tuple[str, ...]], "Value[object]"]


class Answers(Protocol):
    """What gives the symbols of a script their values in one launch."""

    def value(self, symbol: Symbol) -> Value[object]:
        """The value of a symbol."""

    def truth(self, symbol: Symbol) -> bool | None:
        """Whether a symbol is true."""

    def reached(self, place: Place) -> bool | None:
        """Whether every run (True) or no run (False) comes to a place."""


_DEPTH = 200
_LONGEST = 10_000


@entity
class Evaluation:
    """One launch: what its config holds, its world size and its environment.

    Answers are remembered, since many events stand in the same place.
    """

    lookup: Lookup
    world_size: Value[int]
    environment: Mapping[str, Value[str]]
    place: Span
    _values: dict[int, tuple[Symbol, Value[object]]] = field(default_factory=dict)
    _reached: dict[int, tuple[Place, bool | None]] = field(default_factory=dict)
    _depth: int = 0

    def value(self, symbol: Symbol) -> Value[object]:
        """The value of a symbol: Known (ABSENT for a key that is not there) or Unknown with the reason."""
        kept = self._values.get(id(symbol))
        if kept is not None:
            return kept[1]
        found = self._value(symbol)
        self._values[id(symbol)] = (symbol, found)
        return found

    def _value(self, symbol: Symbol) -> Value[object]:
        self._depth += 1
        try:
            if self._depth > _DEPTH:
                return Unknown("the value is nested too deeply", self.place)
            return Known(_READERS[type(symbol)](self, symbol), self.place)
        except UndecidedError as error:
            return error.unknown
        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            return Unknown(f"it cannot be computed: {error}", self.place)
        finally:
            self._depth -= 1

    def truth(self, symbol: Symbol) -> bool | None:
        """Whether a symbol is true; None where that is not known."""
        if isinstance(symbol, Operation) and symbol.name in ("and", "or", "not"):
            return self._logic(symbol)
        found = self.value(symbol)
        if isinstance(found, Unknown) or found.value is ABSENT:
            return None
        if isinstance(found.value, Instance):
            return True if found.value.plain else None
        return bool(found.value)

    def _logic(self, symbol: Operation) -> bool | None:
        """Kleene's `and`, `or` and `not`: one part may decide although others are unknown."""
        parts = [self.truth(operand) for operand in symbol.operands]
        if symbol.name == "not":
            return None if parts[0] is None else not parts[0]
        decides = symbol.name == "or"
        if decides in parts:
            return decides
        return None if None in parts else not decides

    def reached(self, place: Place) -> bool | None:
        """Whether every run (True) or no run (False) of this launch comes to a place; None: not known."""
        pending: list[Place] = []
        current: Place | None = place
        while current is not None and id(current) not in self._reached:
            pending.append(current)
            current = current.parent
        result = self._reached[id(current)][1] if current is not None else True
        for step in reversed(pending):
            result = result if result is False else _both(result, self.passes(step))
            self._reached[id(step)] = (step, result)
        return result

    def passes(self, place: Place) -> bool | None:
        """Whether the run goes from the place around this one into it."""
        if place.step is Step.BRANCH and place.value is not None:
            truth = self.truth(place.value)
            return None if truth is None else truth is place.truth
        if place.step in (Step.UNLESS, Step.ASSUMED) and place.barred is not None:
            barred = self.reached(place.barred)
            if place.step is Step.ASSUMED:
                return barred is not True
            return None if barred is None else not barred
        if place.step is Step.LOOP and place.value is not None:
            return self._turns(place.first or place.value)
        return None if place.step is Step.TRY else True

    def _turns(self, items: Symbol) -> bool | None:
        """Whether a loop over some items is entered."""
        found = self.value(items)
        if isinstance(found, Unknown) or found.value is ABSENT or isinstance(found.value, Instance):
            return self.truth(items) if isinstance(items, Operation) else None
        return bool(found.value)

    def need(self, symbol: Symbol) -> object:
        """The value of a symbol; raises inside an evaluation where it is not known."""
        found = self.value(symbol)
        if isinstance(found, Unknown):
            raise UndecidedError(found)
        return found.value

    def unknown(self, reason: str, place: Span | None = None) -> UndecidedError:
        """What to raise where a value is not known."""
        return UndecidedError(Unknown(reason, place or self.place))


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return True if one and other else None


def _constant(_: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Constant)
    return symbol.value


def _setting(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Setting)
    if symbol.hidden:
        return ABSENT
    if symbol.supplied:
        raise run.unknown(f"`{'.'.join(symbol.path)}` has keys put over it")
    if symbol.doubtful:
        raise run.unknown(f"code may change `{'.'.join(symbol.path)}`")
    found = run.lookup(symbol.path)
    if isinstance(found, Unknown):
        raise UndecidedError(found)
    if found.value is ABSENT and symbol.field is not None:
        return _default(run, symbol.field)
    if isinstance(found.value, (dict, list)) and is_patched(symbol):
        raise run.unknown(f"code changes keys of `{'.'.join(symbol.path)}`")
    return _coerced(found.value, symbol.field)


def is_patched(symbol: Setting) -> bool:
    """Whether code sets keys below a part of the config."""
    path = symbol.path
    return any(
        len(changed) > len(path)
        and all("*" in (one, other) or one == other for one, other in zip(changed, path, strict=False))
        for changed in symbol.patched
    )


def _default(run: Evaluation, field: FieldFacts) -> object:
    """What a schema fills in."""
    if field.default is None:
        return ABSENT
    if isinstance(field.default, Unknown):
        raise UndecidedError(field.default)
    return _coerced(field.default.value, field)


def _coerced(value: object, field: FieldFacts | None) -> object:
    """A text as the number that a schema makes of it."""
    if field is None or not isinstance(value, (str, int)) or isinstance(value, bool):
        return value
    try:
        if field.type.kind is TypeKind.FLOAT:
            return float(value)
        if field.type.kind is TypeKind.INT and isinstance(value, str):
            return int(value)
    except ValueError:
        return value
    return value


def _choice(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Choice)
    truth = run.truth(symbol.test)
    if truth is not None:
        return run.need(symbol.then if truth else symbol.other)
    then, other = run.value(symbol.then), run.value(symbol.other)
    if isinstance(then, Known) and isinstance(other, Known) and same(then.value, other.value):
        return then.value
    test = run.value(symbol.test)
    raise UndecidedError(test) if isinstance(test, Unknown) else run.unknown("it depends on the run")


def _sequence(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Sequence)
    if symbol.open or symbol.touched:
        raise run.unknown("not all items of a list are known")
    return _KINDS[symbol.kind](present(run, item) for item in symbol.items)


_KINDS: dict[str, Callable[[Iterable[object]], object]] = {"list": list, "tuple": tuple, "set": set}


def _table(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Table)
    if symbol.open or symbol.touched:
        raise run.unknown("not all keys of a dictionary are known")
    return {_hashable(run, key): present(run, value) for key, value in symbol.entries}


def _hashable(run: Evaluation, symbol: Symbol) -> object:
    found = present(run, symbol)
    hash(found)
    return found


def _runtime(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Runtime)
    if symbol.fact is Fact.WORLD_SIZE:
        return run.world_size.value if isinstance(run.world_size, Known) else _fail(run.world_size)
    return _variable(run, symbol.variable) if symbol.variable is not None else 0


def _variable(run: Evaluation, name: str) -> object:
    """An environment variable: set by the launch, or by a distributed launcher."""
    found = run.environment.get(name)
    if found is not None:
        return found.value if isinstance(found, Known) else _fail(found)
    if isinstance(run.world_size, Known) and run.world_size.value > 1 and name in DISTRIBUTED:
        return str(run.world_size.value) if name == "WORLD_SIZE" else "0"
    raise run.unknown(f"the environment variable `{name}` is not known")


def _fail(unknown: Unknown) -> object:
    raise UndecidedError(unknown)


def _changing(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Changing)
    raise run.unknown(f"`{symbol.name}` changes from turn to turn of a loop", symbol.span)


def _opaque(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Opaque)
    raise run.unknown(symbol.reason, symbol.span)


def _element(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Element)
    raise run.unknown("it differs from turn to turn of a loop", symbol.span)


def _made(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Made)
    raise run.unknown(f"what `{symbol.name}` gives is known at run time only", symbol.span)


def _thing(run: Evaluation, symbol: Symbol) -> object:
    """A function, class or object: nothing that can be computed with, but true and not None."""
    return symbol


def _happens(run: Evaluation, symbol: Symbol) -> object:
    assert isinstance(symbol, Happens)
    reached = run.reached(symbol.place)
    if reached is None:
        raise run.unknown("it depends on the run", symbol.place.span)
    return reached


_READERS: dict[type, Callable[[Evaluation, Symbol], object]] = {
    Constant: _constant,
    Setting: _setting,
    Operation: operation,
    Choice: _choice,
    Sequence: _sequence,
    Table: _table,
    **dict.fromkeys((Code, Instance, External), _thing),
    Made: _made,
    Runtime: _runtime,
    Changing: _changing,
    Element: _element,
    Happens: _happens,
    Opaque: _opaque,
}
