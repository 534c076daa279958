"""Two sides of a branch in, the heap after it out; what a side that was left had changed is kept aside."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from trainlint.chain.symbolic.frame import Dropped, Flow, Frame, barred
from trainlint.chain.symbolic.heap import Names, Side, either
from trainlint.chain.symbolic.machine import Inside, Machine
from trainlint.facts.behaviour import Place, Step
from trainlint.facts.symbols import Happens, Opaque, Operation, Symbol


def branch(machine: Machine, frame: Frame, test: Symbol, node: ast.If) -> Flow:
    """Both sides of an `if`."""

    def side(body: list[ast.stmt]) -> Callable[[], Flow]:
        return lambda: machine.run(body, frame)

    return sides(machine, frame, test, side(node.body), side(node.orelse), node)


def sides(
    machine: Machine,
    frame: Frame,
    test: Symbol,
    yes: Callable[[], Flow],
    no: Callable[[], Flow],
    node: ast.If | None = None,
) -> Flow:
    """Both sides of a branch, each with the variables as they were; then what they gave is put together."""
    span, mark, seen = frame.span, machine.heap.mark, len(frame.left)
    with Inside(frame, Step.BRANCH, span, test, truth=True, node=node) as then_place:
        first = yes()
    then, middle = machine.heap.undo(mark), len(frame.left)
    with Inside(frame, Step.BRANCH, span, test, truth=False, node=node) as other_place:
        second = no()
    other = machine.heap.undo(mark)
    if (first is Flow.NEXT) is (second is Flow.NEXT):
        machine.heap.join(test, then, other, span)
    elif first is Flow.NEXT:
        drop(machine, frame, other_place, flows(frame, middle, None), other)
        machine.heap.keep(then)
    else:
        drop(machine, frame, then_place, flows(frame, seen, middle), then)
        machine.heap.keep(other)
    if first is Flow.NEXT or second is Flow.NEXT:
        return Flow.NEXT
    return first if first is second else Flow.LEAVE


def flows(frame: Frame, start: int, end: int | None) -> frozenset[Flow]:
    """How code left between two moments."""
    return frozenset(how for _, how in frame.left[start:end])


def drop(machine: Machine, frame: Frame, place: Place, how: frozenset[Flow], side: Side) -> None:
    """A side is left while the other goes on; the heap stands where the branch began."""
    state: Side = {}
    if frame.mark is not None and Flow.LEAVE in how:
        held = machine.heap.held(frame.mark)
        state = {at: entry for at, entry in held.items() if outlives(machine, frame, entry[0])}
    state.update(side)
    frame.dropped.append(Dropped(place, how, state))


def outlives(machine: Machine, frame: Frame, names: Names) -> bool:
    """Whether others see what a function writes there: an object, the config, a variable around it."""
    if machine.is_shared(names):
        return True
    outer = frame.outer
    while outer is not None and outer.variables is not names:
        outer = outer.outer
    return outer is not None


def settle(machine: Machine, frame: Frame) -> None:
    """At the end of a function: where it was left early, objects hold what they held there."""
    left = [dropped for dropped in frame.dropped if Flow.LEAVE in dropped.flows]
    if not left or frame.mark is None:
        return
    before = machine.heap.before(frame.mark)
    for dropped in reversed(left):
        test = Happens(dropped.place)
        for at in {**before, **dropped.state}:
            names, key, held = dropped.state.get(at) or before[at]
            current = names.get(key)
            if held is not current and outlives(machine, frame, names):
                machine.heap.write(names, key, either(test, held, current, key, dropped.place.span))


def after_loop(machine: Machine, frame: Frame, seen: int) -> None:
    """Variables that only a turn sets which was left early."""
    for dropped in frame.dropped[seen:]:
        for names, key, value in dropped.state.values():
            if names is frame.variables and key not in names and value is not None:
                doubt = Opaque(f"`{key}` is set on some paths only", dropped.place.span)
                machine.heap.write(names, key, either(doubt, value, None, key, dropped.place.span))
    frame.dropped[seen:] = [dropped for dropped in frame.dropped[seen:] if Flow.LEAVE in dropped.flows]


def otherwise(
    machine: Machine, frame: Frame, body: list[ast.stmt], gone: Sequence[tuple[Place, Flow]]
) -> None:
    """The `else` of a loop: only where no turn has left the loop."""
    outside, mark, span, seen = frame.place, machine.heap.mark, frame.span, len(frame.left)
    for place, how in gone:
        frame.place = barred(frame.place, place, how)
    inside = frame.place
    flow = machine.run(body, frame)
    frame.place = outside
    if not gone:
        return
    side = machine.heap.undo(mark)
    if flow is not Flow.NEXT:
        drop(machine, frame, inside, flows(frame, seen, None), side)
        return
    left = Operation("or", tuple(Happens(place) for place, _ in gone), span)
    machine.heap.join(left, {}, side, span)
