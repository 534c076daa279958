"""A value in, what it is made of out: one step down, or all of it, each part once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

from trainlint.facts.symbols import (
    Changing,
    Choice,
    Element,
    Fact,
    Made,
    Operation,
    Runtime,
    Sequence,
    Symbol,
    Table,
)

Reader = Callable[[Any], tuple[Symbol, ...]]
Parts = Callable[[Symbol], Iterable[Symbol]]


def _given(made: Made) -> tuple[Symbol, ...]:
    arguments = (*made.positional, *(value for _, value in made.keywords))
    return arguments if made.owner is None else (made.owner, *arguments)


#: What values of each kind are made of; the test of a choice decides, and is no part of what it gives.
_MADE_OF: dict[type, Reader] = {
    Operation: attrgetter("operands"),
    Choice: attrgetter("then", "other"),
    Made: _given,
    Sequence: attrgetter("items"),
    Table: lambda symbol: tuple(value for _, value in symbol.entries),
    Element: lambda symbol: (symbol.of,),
    Changing: lambda symbol: (symbol.before,),
}


def reading(
    otherwise: Mapping[type, Reader] | None = None, without: Collection[type] = ()
) -> Callable[[Symbol], tuple[Symbol, ...]]:
    """What gives the parts of a value: of some kinds in another way, of some kinds none."""
    table = {kind: reader for kind, reader in _MADE_OF.items() if kind not in without} | dict(otherwise or {})

    def parts(symbol: Symbol) -> tuple[Symbol, ...]:
        reader = table.get(type(symbol))
        return reader(symbol) if reader is not None else ()

    return parts


#: The operands of operators and functions, no other parts.
operands = reading(without=(Choice, Made, Sequence, Table, Element, Changing))


def within(symbol: Symbol, parts: Parts, depth: int) -> Iterator[Symbol]:
    """A value and what it is made of down to a depth, in the order of the text.

    Values share their parts, so that there are far more ways down than parts: each is given once, and looked
    into again only where it is met less deep.
    """
    left: dict[int, int] = {}
    pending = [(symbol, depth)]
    while pending:
        part, further = pending.pop()
        before = left.get(id(part))
        if before is None:
            yield part
        elif before >= further:
            continue
        left[id(part)] = further
        if further:
            pending += [(inner, further - 1) for inner in reversed(tuple(parts(part)))]


def asks_world_size(symbol: Symbol, parts: Parts, depth: int) -> bool:
    """Whether a value depends on how many processes run."""
    return any(
        isinstance(part, Runtime) and (part.fact is Fact.WORLD_SIZE or part.variable == "WORLD_SIZE")
        for part in within(symbol, parts, depth)
    )
