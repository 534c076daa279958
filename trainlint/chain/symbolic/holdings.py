"""A value in, the parts of the config and the objects of the project that it is made of or holds out."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar

from trainlint.chain.symbolic.parts import reading, within
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Element,
    Instance,
    Made,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.record import record

T = TypeVar("T")
#: How deep a value is looked into, and how many parts of it are kept.
_DEPTH = 40
_MOST = 64


@record
class Holdings:
    """What a value holds."""

    settings: tuple[Setting, ...] = ()
    objects: tuple[Instance, ...] = ()


_NOTHING = Holdings()
#: What was looked into, by identity; the value is kept, so that no other takes its place.
Kept = dict[int, tuple[Symbol, Holdings]]


def _items(symbol: Sequence) -> tuple[Symbol, ...]:
    return (*symbol.items, *symbol.written.values()) if symbol.written else symbol.items


def _values(symbol: Table) -> tuple[Symbol, ...]:
    return (*(value for _, value in symbol.entries), *symbol.written.values())


def _supplied(symbol: Setting) -> tuple[Symbol, ...]:
    return tuple(value for _, value in symbol.supplied)


#: What a value is directly made of, and what was put into it; of what a library gave only a run knows.
pieces = reading({Sequence: _items, Table: _values}, without=(Made,))
#: The same for what a value holds.
_holds = reading({Sequence: _items, Table: _values, Setting: _supplied, Made: attrgetter("positional")})


_HOLDERS = (Operation, Choice, Sequence, Table, Element, Changing, Setting, Made)
#: Operators that give one of their operands, or an item of it.
_PASSES = {"[]", "default", "get", "and", "or", "list", "iter", "reversed", "sorted", "values", "items", "."}


def aliases(symbol: Symbol | None) -> list[Symbol]:
    """The objects that a value may be, or may be an item of."""
    found = within(symbol, _passed, 6) if symbol is not None else ()
    return [part for part in found if isinstance(part, (Setting, Instance))]


def _passed(symbol: Symbol) -> tuple[Symbol, ...]:
    stops = isinstance(symbol, Operation) and symbol.name not in _PASSES
    return () if stops else pieces(symbol)


def settings_in(symbol: Symbol | None) -> tuple[Setting, ...]:
    """The parts of the config that a value is made of or holds."""
    return holdings({}, symbol).settings


def holdings(known: Kept, symbol: Symbol | None, depth: int = 0) -> Holdings:
    """What a value holds.

    Each value is looked into once, since values are shared by many others; only lists and dictionaries, which
    may still change, are looked into again.
    """
    if symbol is None or depth > _DEPTH or not isinstance(symbol, _HOLDERS):
        return Holdings((), (symbol,)) if isinstance(symbol, Instance) else _NOTHING
    kept = known.get(id(symbol))
    if kept is not None:
        return kept[1]
    inner = [holdings(known, piece, depth + 1) for piece in _holds(symbol)]
    found = _together(symbol, [held for held in inner if held is not _NOTHING])
    if not isinstance(symbol, (Sequence, Table)):
        known[id(symbol)] = (symbol, found)
    return found


def _together(symbol: Symbol, inner: list[Holdings]) -> Holdings:
    """What a value holds whose parts hold something."""
    own = (symbol,) if isinstance(symbol, Setting) else ()
    if not inner and not own:
        return _NOTHING
    settings = (setting for held in inner for setting in held.settings)
    if isinstance(symbol, Operation) and symbol.name == ".":
        # `model.dtype` hands on what it gives, not the model.
        inner = [Holdings(held.settings) for held in inner]
    # A library's object keeps what it was made of, but gives its parts of the config to nobody else.
    return Holdings(
        own if isinstance(symbol, Made) else _once((*own, *settings)),
        _once(entry for held in inner for entry in held.objects),
    )


def _once(found: Iterable[T]) -> tuple[T, ...]:
    """Each once and in order, the first of many."""
    return tuple({id(entry): entry for entry in found}.values())[:_MOST]
