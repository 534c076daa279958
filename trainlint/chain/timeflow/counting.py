"""A symbol in, the counters that it depends on out."""

from __future__ import annotations

import re
from dataclasses import field

from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Constant,
    Element,
    Happens,
    Instance,
    Made,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.record import entity

#: One variable, attribute or loop variable that differs from turn to turn.
CounterKey = tuple[str, str, object]

_NONE: frozenset[CounterKey] = frozenset()
_DEPTH = 60
#: Keys of the config that the program itself may write its count to.
_COUNTS = re.compile(r"(?i)^(?:global_|current_|train(?:ing)?_|cur_)(?:step|iter|iteration|epoch)s?$")
#: Operations that only show a value.
_SHOWN = {"format", "str", "repr", "print"}


def key_of(symbol: Changing | Element) -> CounterKey:
    """What tells counters apart: the object and the name, for a variable the loop that changes it."""
    if isinstance(symbol, Element):
        return ("element", "", id(symbol))
    if isinstance(symbol.owner, Instance):
        return ("attribute", symbol.name, id(symbol.owner))
    if isinstance(symbol.owner, Setting):
        return ("setting", symbol.name, symbol.owner.path)
    return ("variable", symbol.name, id(outermost(symbol)))


def counter_key(symbol: Symbol) -> CounterKey | None:
    """The key of a symbol that stands for a count, None for any other.

    `getattr(self, "step", 0)` of an attribute that nothing has set counts too, though it never goes up.
    """
    if isinstance(symbol, Changing) or (isinstance(symbol, Element) and ranged(symbol.of)):
        return key_of(symbol)
    if not (isinstance(symbol, Operation) and symbol.name in ("getattr", "default")):
        return None
    default = symbol.operands[-1]
    if not (isinstance(default, Constant) and type(default.value) is int):
        return None
    owner = symbol.operands[0]
    if symbol.name == "getattr" and isinstance(owner, Instance) and isinstance(symbol.operands[1], Constant):
        return ("unset", str(symbol.operands[1].value), id(owner))
    if symbol.name == "default" and isinstance(owner, Setting) and _COUNTS.search("".join(owner.path[-1:])):
        return ("unset", owner.path[-1], owner.path)
    return None


def ranged(items: Symbol) -> bool:
    """Whether something that is iterated over gives counts."""
    return isinstance(items, Operation) and items.name == "range"


def outermost(symbol: Changing) -> Changing:
    """The changing of the outermost loop: inner loops start from what the outer one left."""
    for _ in range(_DEPTH):
        found = _earlier(symbol.before, symbol.name)
        if found is None or found is symbol:
            return symbol
        symbol = found
    return symbol


def _earlier(symbol: Symbol, name: str, depth: int = 0) -> Changing | None:
    if isinstance(symbol, Changing):
        return symbol if symbol.name == name and symbol.owner is None else None
    if depth > 8:
        return None
    if isinstance(symbol, Operation) and symbol.name in ("+", "-", "//"):
        parts: tuple[Symbol, ...] = symbol.operands
    elif isinstance(symbol, Choice):
        parts = (symbol.then, symbol.other)
    else:
        return None
    found = (_earlier(part, name, depth + 1) for part in parts)
    return next((entry for entry in found if entry is not None), None)


def pieces(symbol: Symbol) -> tuple[Symbol, ...]:
    """What a value is directly made of; what is only shown is left out."""
    if isinstance(symbol, Operation):
        return () if symbol.name in _SHOWN else symbol.operands
    if isinstance(symbol, Choice):
        return (symbol.test, symbol.then, symbol.other)
    if isinstance(symbol, Happens):
        return tests_of(symbol.place)
    if isinstance(symbol, Made):
        owner = (symbol.owner,) if symbol.owner is not None else ()
        return (*owner, *symbol.positional, *(value for _, value in symbol.keywords))
    if isinstance(symbol, Sequence):
        return symbol.items
    if isinstance(symbol, Table):
        return tuple(value for _, value in symbol.entries)
    return ()


def tests_of(place: Place) -> tuple[Symbol, ...]:
    """What decides, inside one function, whether a place is reached."""
    found = []
    for step in place.outwards():
        if step.step is Step.CALL:
            break
        if step.step is Step.BRANCH and step.value is not None:
            found.append(step.value)
    return tuple(found)


def is_exit(place: Place) -> bool:
    """Whether a place stands behind a `break`, `continue` or `return` in a loop of the same function."""
    if place.barred is None:
        return False
    for step in place.barred.outwards():
        if step.step is Step.CALL:
            return False
        if step.step is Step.LOOP:
            return True
    return False


@entity
class Mentions:
    """Remembers of each symbol which counters it depends on; `counters` are those that there are."""

    counters: frozenset[CounterKey]
    _known: dict[int, tuple[Symbol, frozenset[CounterKey]]] = field(default_factory=dict)

    def of(self, symbol: Symbol, depth: int = 0) -> frozenset[CounterKey]:
        """The counters in a symbol."""
        own = counter_key(symbol)
        if own is not None:
            is_counter = own[0] in ("element", "unset") or own in self.counters
            return frozenset({own}) if is_counter else _NONE
        known = self._known.get(id(symbol))
        if known is not None:
            return known[1]
        found = _NONE
        if depth < _DEPTH:
            self._known[id(symbol)] = (symbol, _NONE)
            for piece in pieces(symbol):
                inner = self.of(piece, depth + 1)
                found = inner if not found else found | inner
        self._known[id(symbol)] = (symbol, found)
        return found
