"""The calls of networks in, the training steps out: forward, loss, what a batch keeps and what it drops."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field

from trainlint.chain.modes.flow import Flow, outputs
from trainlint.chain.modes.network import ModuleCall, Network
from trainlint.chain.modes.reach import Training
from trainlint.facts.behaviour import Call, Change, Place, Step
from trainlint.facts.symbols import Changing, Element, Instance, Sequence, Symbol
from trainlint.record import entity


@entity
class TrainingStep:
    """A forward whose loss is learned from.

    `batches` is the loop over batches; `repeats` are loops inside it that run the forward again on the same
    batch, with the state that the last one gave. `kept` stores the forward's state where the next batch
    finds it. `renewed` makes the state anew for every batch. `heeds` says that a loop on the same batch ends
    when the forward says so.
    """

    forward: ModuleCall
    backward: Call
    batches: Place | None
    repeats: tuple[Place, ...]
    kept: Change | None
    renewed: Call | None
    heeds: bool
    flow: Flow = field(repr=False)
    network: Network = field(repr=False)

    @property
    def training(self) -> Training:
        """The launch while its model trains."""
        return self.flow.training

    @property
    def inside(self) -> Place:
        """The place inside the forward."""
        return self.forward.event.inside or self.forward.place

    def calls(self) -> Iterator[ModuleCall]:
        """The calls of the network's parts that training makes, in order."""
        return (call for call in self.forward.below() if not self.training.skips(call.place))

    def makers(self, values: Iterable[Symbol]) -> set[ModuleCall]:
        """The calls inside the forward whose outputs some values are made of, with none between."""
        found: set[ModuleCall] = set()
        gives = self.network.gives
        for symbol in self.flow.walk(values, within=self.inside, stop=lambda s: id(s) in gives):
            found.update(gives.get(id(symbol), ()))
        return found

    def given_back(self) -> tuple[Symbol, ...]:
        """The state that the forward gives for the next one; all that it gives where no state is known."""
        if self.kept is not None:
            return (self.kept.value,)
        classes = {
            value.node
            for given in self.forward.given
            for value in outputs(given, 2)
            if isinstance(value, Instance)
        }
        states = [
            value
            for value in outputs(self.forward.event.result, 3)
            if isinstance(value, Instance) and value.node in classes
        ]
        return tuple(states) or (self.forward.event.result,)

    def state(self) -> set[int]:
        """What the forward is given that an earlier one gave (by identity)."""
        variables = [symbol for symbol in self.flow.walk(self.forward.given) if isinstance(symbol, Changing)]
        own = {
            (symbol.name, id(symbol.owner))
            for symbol in variables
            if any(_gives(self.flow, self.network, self.forward, c.value) for c in self.flow.changes(symbol))
        }
        return {id(symbol) for symbol in variables if (symbol.name, id(symbol.owner)) in own}


def learned_from(found: Network, flow: Flow) -> Iterator[tuple[ModuleCall, Call]]:
    """Every forward with its backward, in order."""
    seen = set[int]()
    for event, loss in found.backwards:
        if flow.training.skips(event.place):
            continue
        for call in _outermost(_makers(flow, found, loss)):
            if id(call) not in seen and not flow.training.skips(call.place):
                seen.add(id(call))
                yield call, event


def forwards(found: Network, flow: Flow) -> Iterator[TrainingStep]:
    """Every forward as if it were learned from, for loops that cannot be seen."""
    for call in found.calls:
        if call.parent is None and call.event.inside is not None and not flow.training.skips(call.place):
            yield training_step(found, flow, call, call.event)


def _makers(flow: Flow, found: Network, loss: Symbol) -> list[ModuleCall]:
    makers: dict[ModuleCall, None] = {}
    for symbol in flow.walk([loss], stop=lambda s: id(s) in found.gives):
        makers.update(dict.fromkeys(found.gives.get(id(symbol), ())))
    return list(makers)


def _outermost(calls: list[ModuleCall]) -> list[ModuleCall]:
    return [
        call for call in calls if not any(outer in calls for outer in call.outwards() if outer is not call)
    ]


def training_step(found: Network, flow: Flow, forward: ModuleCall, backward: Call) -> TrainingStep:
    """What the loops around a forward do with it and with what it gives."""
    loops = [place for place in forward.place.outwards() if place.step is Step.LOOP]
    repeats: list[Place] = []
    heeds = False
    batches: Place | None = None
    for loop in loops:
        kept = _kept(flow, found, forward, loop)
        if kept is not None and not _fed(flow, found, forward, loop):
            ends = _ends_by(loop, forward)
            heeds = heeds or ends
            if not ends:
                repeats.append(loop)
        elif _fed(flow, found, forward, loop) or kept is not None:
            batches = loop
            break
    kept = _kept(flow, found, forward, batches) if batches is not None else None
    renewed = _renewed(found, forward, batches) if kept is None else None
    return TrainingStep(forward, backward, batches, tuple(repeats), kept, renewed, heeds, flow, found)


def _ends_by(loop: Place, forward: ModuleCall) -> bool:
    """Whether a loop ends by what the forward in it gave: `if carry.halted.all(): break`, or its own test."""
    node = loop.node
    if not isinstance(node, (ast.For, ast.While)):
        return False
    given = {
        name.id
        for statement in ast.walk(node)
        if isinstance(statement, ast.Assign) and forward.event.node in ast.walk(statement.value)
        for target in statement.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    tests = [
        inner.test
        for inner in ast.walk(node)
        if isinstance(inner, ast.If)
        and any(isinstance(part, (ast.Break, ast.Return)) for part in ast.walk(inner))
    ]
    if isinstance(node, ast.While):
        tests.append(node.test)
    named = {part.id for test in tests for part in ast.walk(test) if isinstance(part, ast.Name)}
    return not named.isdisjoint(given)


def _fed(flow: Flow, found: Network, forward: ModuleCall, loop: Place) -> bool:
    """Whether each turn of a loop gives the forward something new of its own."""
    items = loop.value
    own = {id(item) for item in items.items} if isinstance(items, Sequence) else set[int]()
    own.update(id(event.result) for event in found.fetches if event.place.within(loop))
    for symbol in flow.walk(forward.given):
        if id(symbol) in own or (isinstance(symbol, Element) and symbol.of is items):
            return True
        if isinstance(symbol, Changing) and symbol.span == loop.span:
            changes = [change for change in flow.changes(symbol) if not change.adds]
            if changes and not any(_gives(flow, found, forward, change.value) for change in changes):
                return True
    return False


def _kept(flow: Flow, found: Network, forward: ModuleCall, loop: Place) -> Change | None:
    """What stores the forward's state so that the next turn's forward is given it."""
    for symbol in flow.walk(forward.given):
        if not isinstance(symbol, Changing) or symbol.span != loop.span:
            continue
        changes = [change for change in flow.changes(symbol) if not flow.training.skips(change.place)]
        storing = [change for change in changes if _gives(flow, found, forward, change.value)]
        last = changes[-1] if changes else None
        if storing and last is not None and (last in storing or _conditional(flow, last, loop)):
            return storing[-1]
    return None


def _gives(flow: Flow, found: Network, forward: ModuleCall, value: Symbol) -> bool:
    """Whether a forward's output is in a value; asked for each loop around it anew."""
    key = id(forward), id(value)
    if key not in flow.given:
        gives = found.gives
        flow.given[key] = any(
            forward in gives.get(id(symbol), ())
            for symbol in flow.walk([value], stop=lambda s: forward in gives.get(id(s), ()))
        )
    return flow.given[key]


def _conditional(flow: Flow, change: Change, loop: Place) -> bool:
    """Whether a turn of a loop may pass without a change."""
    for place in change.place.outwards():
        if place is loop:
            return False
        if place.step in (Step.BRANCH, Step.UNLESS) and flow.training.reached(place) is not True:
            return True
    return False


def _renewed(found: Network, forward: ModuleCall, loop: Place | None) -> Call | None:
    """The call that makes a new state for every batch: of the class that the forward gives back too."""
    if loop is None:
        return None
    classes = {value.node for value in outputs(forward.event.result, 3) if isinstance(value, Instance)}
    for value in forward.given:
        for symbol in outputs(value, 1):
            if isinstance(symbol, Instance) and symbol.node in classes:
                made = found.origins.get(id(symbol))
                if made is not None and made.place.within(loop):
                    return made
    return None
