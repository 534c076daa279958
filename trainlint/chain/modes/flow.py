"""A value in, the values that it was made of out, as far as training takes them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field

from trainlint.chain.modes.reach import Training
from trainlint.chain.symbolic.parts import reading
from trainlint.facts.behaviour import Behaviour, Call, Change, Place, Step
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Instance,
    Sequence,
    Symbol,
    Table,
)
from trainlint.record import entity
from trainlint.source import Span

_MADE_OF = reading(without=(Choice,))


@entity
class Flow:
    """Where values come from in one launch.

    `turns` are the loops by where they stand, with what changes in them, `fillings` what is put into objects
    (by identity); `modules` the networks and their parts, which are not what a value is made of.
    """

    training: Training
    turns: dict[Span, list[Change]]
    fillings: dict[int, list[Change | Call]]
    modules: frozenset[int]
    _known: dict[tuple[int, int], tuple[Symbol, ...]] = field(default_factory=dict, repr=False)
    _parts: dict[int, tuple[Symbol, tuple[Symbol, ...]]] = field(default_factory=dict, repr=False)
    #: Whether a forward (by identity) gives a part of a value (by identity): both live as long as the code.
    given: dict[tuple[int, int], bool] = field(default_factory=dict, repr=False)

    def changes(self, variable: Changing) -> Iterator[Change]:
        """What a turn of its loop puts into a variable, in the order of the text."""
        for change in self.turns.get(variable.span, ()):
            if change.name == variable.name and change.owner is variable.owner:
                yield change

    def _turned(self, variable: Changing, place: Place) -> tuple[Symbol, ...]:
        """What a loop inside a place puts into a variable; many values are made of the same one."""
        key = id(variable), id(place)
        if key not in self._known:
            changes = self.changes(variable)
            self._known[key] = tuple(c.value for c in changes if inside_loop(c, variable, place))
        return self._known[key]

    def parts(self, symbol: Symbol) -> Iterable[Symbol]:
        """What a value is made of, one step down; not what a loop puts into it."""
        if isinstance(symbol, Choice):
            return self.training.chosen(symbol)
        if isinstance(symbol, Instance) and id(symbol) not in self.modules:
            return *symbol.attributes.values(), *self._filled(symbol)
        return _MADE_OF(symbol)

    def _filled(self, instance: Instance) -> Iterator[Symbol]:
        """What was put into an object: as it was made, and later."""
        for event in self.fillings.get(id(instance), ()):
            if not self.training.skips(event.place):
                yield from (event.value,) if isinstance(event, Change) else arguments(event)

    def walk(
        self,
        roots: Iterable[Symbol],
        *,
        within: Place | None = None,
        stop: Callable[[Symbol], bool] = lambda _: False,
    ) -> Iterator[Symbol]:
        """All that some values are made of, each once; `stop` says what is not looked into.

        A variable that a loop inside `within` changes is also made of what that loop puts into it.
        """
        pending, seen = list(roots), set[int]()
        while pending:
            symbol = pending.pop()
            if id(symbol) in seen:
                continue
            seen.add(id(symbol))
            yield symbol
            if stop(symbol):
                continue
            kept = self._parts.get(id(symbol))
            if kept is None:
                # The symbol is kept with its parts, so that no other takes its place.
                kept = self._parts[id(symbol)] = (symbol, tuple(self.parts(symbol)))
            pending += kept[1]
            if within is not None and isinstance(symbol, Changing):
                pending.extend(self._turned(symbol, within))


def turns_of(behaviour: Behaviour) -> dict[Span, list[Change]]:
    """The changes of variables by the loops around them."""
    turns: dict[Span, list[Change]] = {}
    for event in behaviour.events:
        if isinstance(event, Change):
            for place in event.place.outwards():
                if place.step is Step.LOOP:
                    turns.setdefault(place.span, []).append(event)
    return turns


def inside_loop(change: Change, variable: Changing, place: Place) -> bool:
    """Whether the loop that changes a variable stands inside a place."""
    for outer in change.place.outwards():
        if outer.step is Step.LOOP and outer.span == variable.span:
            return outer.within(place)
    return False


def fillings_of(behaviour: Behaviour) -> dict[int, list[Change | Call]]:
    """What is put into objects of the project: by their making, and by setting their attributes."""
    found: dict[int, list[Change | Call]] = {}
    for event in behaviour.events:
        if isinstance(event, Change) and isinstance(event.owner, Instance):
            found.setdefault(id(event.owner), []).append(event)
        elif isinstance(event, Call) and isinstance(event.result, Instance) and _makes(event):
            found.setdefault(id(event.result), []).append(event)
    return found


def _makes(call: Call) -> bool:
    """Whether an object of a class of the project is made."""
    return isinstance(call.callee, Code) and isinstance(call.callee.node, ast.ClassDef)


def arguments(call: Call) -> tuple[Symbol, ...]:
    """All arguments of a call."""
    return *call.positional, *(value for _, value in call.keywords)


def outputs(symbol: Symbol, depth: int = 4) -> Iterator[Symbol]:
    """The values that a call gives back: the items of a tuple, the attributes of a result object."""
    yield symbol
    if depth == 0:
        return
    inner: Iterable[Symbol] = ()
    if isinstance(symbol, Sequence):
        inner = symbol.items
    elif isinstance(symbol, Table):
        inner = (value for _, value in symbol.entries)
    elif isinstance(symbol, Choice):
        inner = (symbol.then, symbol.other)
    elif isinstance(symbol, Instance):
        inner = symbol.attributes.values()
    for part in inner:
        yield from outputs(part, depth - 1)
