"""The calls of a program in, the functions that its data sets are mapped with out, in order."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from trainlint.diff.examples.traces import Names
from trainlint.facts.behaviour import Behaviour, Call, Handed
from trainlint.facts.symbols import Code, Constant, Made, Operation, Symbol
from trainlint.record import record
from trainlint.source import Span

#: Methods of data sets that leave each example as it is.
_CHOOSE = (
    *("shuffle", "select", "take", "skip", "sort", "with_format", "set_format", "shard", "train_test_split"),
    *("flatten_indices", "select_columns", "filter", "with_transform", "to_iterable_dataset", "batch"),
)
_LOST = ("remove_columns",)


@record
class Mapped:
    """One function that a data set is mapped with.

    `options` are the other arguments of the call by name.
    """

    code: Code
    options: tuple[tuple[str, Symbol], ...]
    span: Span


@record
class Chain:
    """All the functions that data are mapped with, from where they come from; the last call is at `span`.

    `base` is what the first one is asked of.
    """

    base: Symbol
    steps: tuple[Mapped, ...]
    names: Names
    span: Span


def chains(behaviour: Behaviour) -> tuple[Chain, ...]:
    """What data are made into; a call that another one goes on from is a part of that."""
    handed = {id(event.code): event for event in behaviour.events if isinstance(event, Handed)}
    calls = {
        id(event.result): event
        for event in behaviour.events
        if isinstance(event, Call) and _mapped(event.result) is not None
    }
    inner = {id(owner) for event in calls.values() for owner in _owners(event.result)}
    found = dict[tuple[int, ...], Chain]()
    for key, event in calls.items():
        if key in inner:
            continue
        chain = _chain(event, handed)
        if chain is not None:
            found.setdefault(tuple(id(step.code.node) for step in chain.steps), chain)
    return tuple(found.values())


def _mapped(symbol: Symbol) -> Code | None:
    """The function that a data set is mapped with."""
    if not isinstance(symbol, Made) or symbol.owner is None or symbol.name.rpartition(".")[2] != "map":
        return None
    given = symbol.positional[0] if symbol.positional else dict(symbol.keywords).get("function")
    return given if isinstance(given, Code) else None


def _owners(symbol: Symbol) -> Iterator[Symbol]:
    """What a data set is made of, the nearest first."""
    owner = symbol.owner if isinstance(symbol, Made) else None
    while owner is not None:
        yield owner
        if isinstance(owner, Made):
            last = owner.name.rpartition(".")[2]
            owner = owner.owner if last in _CHOOSE or last in _LOST or _mapped(owner) is not None else None
        elif isinstance(owner, Operation) and owner.name == "[]":
            owner = owner.operands[0]
        else:
            owner = None


def _chain(event: Call, handed: dict[int, Handed]) -> Chain | None:
    steps, base = list[Mapped](), event.result
    names: dict[ast.AST, Mapping[str, Symbol]] = {}
    for symbol in (event.result, *_owners(event.result)):
        base = symbol
        code = _mapped(symbol)
        if code is None or not isinstance(symbol, Made):
            continue
        base = symbol.owner or symbol
        if id(code) not in handed:
            return None
        names |= handed[id(code)].names
        steps.append(Mapped(code, symbol.keywords, symbol.span))
    return Chain(base, tuple(reversed(steps)), names, event.span)


def flag(step: Mapped, name: str) -> bool | None:
    """An argument of a call that is true or false; None where that is not known."""
    given = dict(step.options).get(name)
    if given is None:
        return False
    return bool(given.value) if isinstance(given, Constant) else None
