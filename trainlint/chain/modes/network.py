"""What a script does in, the calls of networks and of their parts out, each inside the one that makes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import field

from trainlint.chain.modes.flow import outputs
from trainlint.facts.behaviour import Behaviour, Call, Place
from trainlint.facts.symbols import Code, Constant, Element, Instance, Made, Operation, Symbol
from trainlint.record import entity

_CALLED = ("forward", "__call__")
#: Methods of a loss, and of libraries that take the loss as an argument: `accelerator.backward(loss)`.
_BACKWARD = ("backward", "manual_backward")
#: Objects of libraries that are called and have nothing to learn.
_NO_PART = re.compile(r"(Loss|Softmax|ReLU|GELU|Dropout|Identity|GradScaler|partial|vmap)$")
#: Containers whose items are parts.
_HOLDS = re.compile(r"\bModule(List|Dict)$")


@entity
class ModuleCall:
    """One call of a network or a part of it; `parent` is the call that makes it.

    `module` is an object of the project's class, or what a library made (`torch.nn.Linear(…)`).
    """

    event: Call
    module: Instance | Made
    parent: ModuleCall | None
    index: int
    children: list[ModuleCall] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where it is called."""
        return self.event.place

    @property
    def name(self) -> str:
        """What is called, as its code or its library names it."""
        return self.module.node.name if isinstance(self.module, Instance) else self.module.name

    @property
    def given(self) -> tuple[Symbol, ...]:
        """All arguments."""
        return *self.event.positional, *(value for _, value in self.event.keywords)

    def outwards(self) -> Iterator[ModuleCall]:
        """The call itself, the one that makes it, and so on."""
        call: ModuleCall | None = self
        while call is not None:
            yield call
            call = call.parent

    def below(self) -> Iterator[ModuleCall]:
        """All calls inside this one."""
        for child in self.children:
            yield child
            yield from child.below()

    @property
    def written(self) -> str:
        """The callee as the text has it: `self.encoder`."""
        return ast.unparse(self.event.node.func)


@entity
class Network:
    """All calls of networks, in order; `gives` are the calls that give a value back, outermost first.

    `modules` are the networks themselves, `fetches` the calls of `next`, `backwards` those of `backward` with
    what they are called on, `origins` the outermost call that gives a value.
    """

    calls: tuple[ModuleCall, ...]
    gives: dict[int, list[ModuleCall]]
    modules: frozenset[int]
    fetches: tuple[Call, ...]
    backwards: tuple[tuple[Call, Symbol], ...]
    origins: dict[int, Call]


def network(behaviour: Behaviour) -> Network:
    """Find every call of a network."""
    calls: list[ModuleCall] = []
    inside: dict[int, ModuleCall] = {}
    gives: dict[int, list[ModuleCall]] = {}
    origins: dict[int, Call] = {}
    for index, event in enumerate(behaviour.events):
        if not isinstance(event, Call):
            continue
        origins.setdefault(id(event.result), event)
        module = _module(event)
        if module is None:
            continue
        parent = next((inside[id(place)] for place in event.place.outwards() if id(place) in inside), None)
        if parent is not None and parent.module is module:
            continue  # `super().forward(…)`: still the same call
        call = ModuleCall(event, module, parent, index)
        calls.append(call)
        if parent is not None:
            parent.children.append(call)
        if event.inside is not None:
            inside[id(event.inside)] = call
        _note_outputs(call, gives)
    made = [event for event in behaviour.events if isinstance(event, Call)]
    fetches = tuple(event for event in made if _fetches(event))
    losses = ((event, _loss(event)) for event in made)
    backwards = tuple((event, loss) for event, loss in losses if loss is not None)
    modules = frozenset(id(call.module) for call in calls)
    return Network(tuple(calls), gives, modules, fetches, backwards, origins)


def _fetches(event: Call) -> bool:
    """Whether it is `next(iterator)`."""
    return isinstance(event.node.func, ast.Name) and event.node.func.id == "next"


def _loss(event: Call) -> Symbol | None:
    """What `backward` is called on."""
    callee = event.callee
    if not isinstance(callee, Operation) or callee.name != "." or not isinstance(event.result, Made):
        return None
    if event.result.name.rpartition(".")[2] not in _BACKWARD:
        return None
    return event.positional[0] if event.positional else callee.operands[0]


def _module(event: Call) -> Instance | Made | None:
    callee = event.callee
    if isinstance(callee, Code) and isinstance(callee.bound, Instance):
        return callee.bound if callee.name in _CALLED else None
    if isinstance(callee, Made):
        return None if _NO_PART.search(callee.name) else callee
    held: Symbol | None = None
    if isinstance(callee, Element):
        held = callee.of
    elif isinstance(callee, Operation) and callee.name == "[]":
        held = callee.operands[0]
    return held if isinstance(held, Made) and _HOLDS.search(held.name) else None


def _note_outputs(call: ModuleCall, gives: dict[int, list[ModuleCall]]) -> None:
    """Remember what a call gives back, but for what it was given itself."""
    given = {id(part) for value in call.given for part in outputs(value)}
    for value in outputs(call.event.result):
        if id(value) not in given and not isinstance(value, Constant):
            makers = gives.setdefault(id(value), [])
            if call not in makers:
                makers.append(call)
