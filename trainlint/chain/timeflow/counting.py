"""A symbol in, the counters that it depends on out."""

from __future__ import annotations

import re
from dataclasses import field
from operator import attrgetter

from trainlint.chain.symbolic.parts import reading, within
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Constant,
    Element,
    Happens,
    Instance,
    Operation,
    Setting,
    Symbol,
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


def _earlier(symbol: Symbol, name: str) -> Changing | None:
    for part in within(symbol, _counted_on, 9):
        if isinstance(part, Changing) and part.name == name and part.owner is None:
            return part
    return None


def _counted_on(symbol: Symbol) -> tuple[Symbol, ...]:
    """What a count goes on from."""
    if isinstance(symbol, Operation) and symbol.name in ("+", "-", "//"):
        return symbol.operands
    return (symbol.then, symbol.other) if isinstance(symbol, Choice) else ()


def _computed(symbol: Operation) -> tuple[Symbol, ...]:
    return () if symbol.name in _SHOWN else symbol.operands


def tests_of(place: Place) -> tuple[Symbol, ...]:
    """What decides, inside one function, whether a place is reached."""
    found = []
    for step in place.outwards():
        if step.step is Step.CALL:
            break
        if step.step is Step.BRANCH and step.value is not None:
            found.append(step.value)
    return tuple(found)


#: What a value is directly made of, with what decides between values; what is only shown is left out.
pieces = reading(
    {
        Operation: _computed,
        Choice: attrgetter("test", "then", "other"),
        Happens: lambda symbol: tests_of(symbol.place),
    },
    without=(Element, Changing),
)


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
        known = self._known.get(id(symbol))
        if known is not None:
            return known[1]
        own = counter_key(symbol)
        if own is not None:
            is_counter = own[0] in ("element", "unset") or own in self.counters
            found = frozenset({own}) if is_counter else _NONE
        else:
            self._known[id(symbol)] = (symbol, _NONE)
            found = _NONE
            for piece in pieces(symbol) if depth < _DEPTH else ():
                inner = self.of(piece, depth + 1)
                found = inner if not found else found | inner
        self._known[id(symbol)] = (symbol, found)
        return found
