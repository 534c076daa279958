"""The behaviour of a side in, what its networks are made of out: layers, initial weights, functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from trainlint.diff.kinds import kind_of_function
from trainlint.diff.layers import AS_FUNCTIONS, CONTAINERS, FILLS, FUNCTIONS, PLAIN, TENSORS
from trainlint.diff.library import canonical
from trainlint.diff.networks import called, is_module_class
from trainlint.diff.normal import Normal
from trainlint.diff.program import Effects
from trainlint.diff.terms import truth
from trainlint.facts.behaviour import Behaviour, Call, Change, Event, Place, Step, Store
from trainlint.facts.effects import Kind
from trainlint.facts.networks import TIMES, UNKNOWN, NetworkPart, Role
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    Element,
    External,
    Instance,
    Made,
    Opaque,
    Operation,
    Sequence,
    Symbol,
)
from trainlint.facts.terms import Term
from trainlint.record import entity
from trainlint.source import Span

_LAYERS = ("torch.nn.",)
_APART = (
    "torch.nn.functional.",
    "torch.nn.init.",
    "torch.nn.utils.",
    "torch.nn.parallel.",
    "torch.nn.attention.",
)
_MOST = 64


def network_parts(effects: Effects, behaviour: Behaviour) -> tuple[NetworkPart, ...]:
    """What the networks of one program are made of; `effects` knows its places."""
    parts = _Collecting(effects)
    parts.collect(behaviour)
    return tuple(parts.found)


@entity
class _Collecting:
    """Collects the parts of the networks of one program, each place of the code once."""

    effects: Effects
    found: list[NetworkPart] = field(default_factory=list)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    @property
    def normal(self) -> Normal:
        """What turns symbols into terms."""
        return self.effects.normal

    def collect(self, behaviour: Behaviour) -> None:
        """The parts that the events of one behaviour make and use."""
        for event in behaviour.events:
            if (
                isinstance(event, (Call, Store, Change))
                and not self.effects.whereabouts.of(event.place).closed
            ):
                for number, part in enumerate(self._of(event)):
                    given = tuple((name, id(term)) for name, term in part.given)
                    key = (*_within_network(event), number, part.role, part.name, given)
                    if key not in self._seen:
                        self._seen.add(key)
                        where = self.effects.whereabouts.of(event.place)
                        loop = where.loops[-1].span if where.loops else None
                        self.found.append(replace(part, condition=where.condition, loop=loop))

    def _of(self, event: Call | Store | Change) -> Iterator[NetworkPart]:
        if isinstance(event, Store):
            yield from self._shared(event.key, event.owner, event.value, event.span)
        elif isinstance(event, Change):
            if isinstance(event.owner, Instance):
                yield from self._shared(Constant(event.name), event.owner, event.value, event.span)
        else:
            yield from self._call(event)

    def _shared(self, key: Symbol, owner: Symbol, value: Symbol, span: Span) -> Iterator[NetworkPart]:
        """`head.weight = tokens.weight`."""
        name = key.value if isinstance(key, Constant) else None
        if name not in ("weight", "bias") or not isinstance(owner, (Made, Instance, Element)):
            return
        if isinstance(value, Operation) and value.name == "." and value.operands[1] == key:
            sides = (("layer", _kind_of(owner)), ("other", _kind_of(value.operands[0])))
            given = tuple((side, self.normal.terms.constant(shown)) for side, shown in sorted(sides))
            yield NetworkPart(Role.SHARED, str(name), given, span)

    def _is_inside(self, event: Call) -> bool:
        return self.effects.whereabouts.of(event.place).network

    def _call(self, event: Call) -> Iterator[NetworkPart]:
        callee = called(event.callee)
        if isinstance(callee, External):
            yield from self._library(event, canonical(callee.name))
        elif isinstance(callee, (Made, Element)):
            yield from self._used(event, list(_layers_of(callee)))
        elif (
            isinstance(callee, Operation) and callee.name == "." and isinstance(callee.operands[1], Constant)
        ):
            yield from self._method(event, callee.operands[0], str(callee.operands[1].value))
        elif not isinstance(callee, (Code, Instance)) and self._is_inside(event):
            yield NetworkPart(Role.OTHER, UNKNOWN, (), event.span)

    def _used(self, event: Call, layers: list[Made | Instance]) -> Iterator[NetworkPart]:
        """Layers that are called; those with weights count where they are made."""
        for layer in layers:
            last = layer.name.rpartition(".")[2] if isinstance(layer, Made) else ""
            if isinstance(layer, Made) and layer.name.startswith(_LAYERS) and last in AS_FUNCTIONS:
                name = AS_FUNCTIONS[last]
                given = self._settings(name, layer.positional, layer.keywords)
                yield NetworkPart(Role.FUNCTION, name, given, event.span)
        if not layers and self._is_inside(event):
            yield NetworkPart(Role.OTHER, UNKNOWN, (), event.span)

    def _library(self, event: Call, name: str) -> Iterator[NetworkPart]:
        head, _, last = name.rpartition(".")
        if head == "torch.nn.init":
            given = self.normal.arguments(name, event.positional, event.keywords)
            yield NetworkPart(Role.INITIAL, last, _without(given, "tensor", "generator"), event.span)
        elif name.startswith(_LAYERS) and not name.startswith(_APART) and last[:1].isupper():
            if last in CONTAINERS or last in AS_FUNCTIONS or kind_of_function(name) is Kind.LOSS:
                return
            given = self.normal.arguments(name, event.positional, event.keywords)
            yield NetworkPart(Role.LAYER, last, (*given, *self._times(event.place)), event.span)
        elif head in ("torch", "torch.nn.functional", "torch.special") and self._is_inside(event):
            yield from self._function(event, last, event.positional[TENSORS.get(last, 1) :])
        elif "." in name and self._is_inside(event) and not name.startswith("math."):
            yield NetworkPart(Role.OTHER, last, (), event.span)

    def _method(self, event: Call, owner: Symbol, name: str) -> Iterator[NetworkPart]:
        """`weight.normal_(…)`, `scores.softmax(…)`."""
        if not self._is_inside(event):
            return
        if name in FILLS:
            row = f"torch.nn.init.{FILLS[name]}"
            given = self.normal.arguments(row, (Constant(None), *event.positional), event.keywords)
            yield NetworkPart(Role.INITIAL, FILLS[name], _without(given, "tensor", "generator"), event.span)
        elif _is_tensor(owner):
            yield from self._function(event, name, event.positional)

    def _function(self, event: Call, name: str, positional: tuple[Symbol, ...]) -> Iterator[NetworkPart]:
        """A function of tensors, by one of the three ways to write it."""
        if name.startswith("__") or name.rstrip("_") in PLAIN:
            return
        name = name.rstrip("_")
        if kind_of_function(f"torch.nn.functional.{name}") is Kind.LOSS:
            return
        if name in FUNCTIONS or name in AS_FUNCTIONS.values():
            given = self._settings(name, positional, event.keywords)
            yield NetworkPart(Role.FUNCTION, name, given, event.span)
        else:
            yield NetworkPart(Role.OTHER, name, (), event.span)

    def _settings(
        self, name: str, positional: tuple[Symbol, ...], keywords: tuple[tuple[str, Symbol], ...]
    ) -> tuple[tuple[str, Term], ...]:
        """What a function is given beside the tensors that it works on, without the library's defaults."""
        row = FUNCTIONS.get(name, {})
        names = [*row, *map(str, range(len(row), len(positional)))]
        given = dict(zip(names, map(self.normal.term, positional), strict=False))
        given |= {key: self.normal.term(value) for key, value in keywords if key != "input"}
        if name.startswith("dropout") and truth(given.get("training", self.normal.terms.nothing)) is None:
            # A layer knows its own mode.
            given.pop("training", None)
        constant = self.normal.terms.constant
        kept = {key: term for key, term in given.items() if term is not constant(row.get(key, ...))}
        return tuple(sorted((key, term) for key, term in kept.items() if key != "inplace"))

    def _times(self, place: Place) -> Iterator[tuple[str, Term]]:
        """How often a layer is made, where a loop does it."""
        turns = [loop.turns for loop in self.effects.whereabouts.of(place).loops]
        if turns:
            yield TIMES, self.normal.terms.product(turns)


def _without(given: Iterable[tuple[str, Term]], *names: str) -> tuple[tuple[str, Term], ...]:
    return tuple((key, term) for key, term in given if key not in names)


def _within_network(event: Event) -> tuple[object, ...]:
    """Where an event stands in a network: in the forward of its class, or on the way from its constructor.

    However often a network is called, or a program makes it, it has its parts once.
    """
    chain: list[object] = [id(event.node) if isinstance(event, Call) else event.span]
    inside: list[object] = []
    for step in event.place.outwards():
        code = step.value if step.step is Step.CALL else None
        if not isinstance(code, Code):
            continue
        if code.name in ("forward", "__call__"):
            return (*chain, id(code.node))
        if isinstance(code.node, ast.ClassDef) and is_module_class(code.node):
            inside = [*chain, id(code.node)]
        chain.append(id(step.node))
    return tuple(inside or chain)


def _kind_of(owner: Symbol) -> str:
    """The name of the class of a layer."""
    layer = called(owner)
    if isinstance(layer, Instance):
        return layer.node.name
    return layer.name.rpartition(".")[2] if isinstance(layer, Made) else "?"


def _is_tensor(owner: Symbol) -> bool:
    """Whether something may be a tensor: a result, a variable, what a forward is given."""
    return isinstance(owner, (Made, Operation, Element, Opaque, Changing, Choice))


def _layers_of(symbol: Symbol) -> Iterator[Made | Instance]:
    """The layers that are called with a symbol: those in a container, one of several."""
    waiting, seen = [symbol], set[int]()
    while waiting and len(seen) < _MOST:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, Made):
            if part.name.startswith("torch.nn.") and part.name.rpartition(".")[2] in CONTAINERS:
                waiting += reversed(part.positional)
            else:
                yield part
        elif isinstance(part, Instance):
            yield part
        elif isinstance(part, Sequence):
            waiting += reversed(part.items)
        elif isinstance(part, Element):
            waiting.append(part.of)
        elif isinstance(part, Changing):
            waiting.append(part.before)
        elif isinstance(part, Choice):
            waiting += (part.other, part.then)
