"""A loop in, what its turns change out: so that it is run with those as changing, and only once more."""

from __future__ import annotations

import ast
from collections.abc import Callable

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.heap import Names
from trainlint.chain.symbolic.machine import Machine

Loop = ast.For | ast.AsyncFor | ast.While
Changed = list[tuple[Names, str]]


def changes(machine: Machine, frame: Frame, node: Loop, turn: Callable[[], None]) -> Changed:
    """What one turn of a loop changes.

    An outermost loop is tried once; that trial also shows what the loops inside it change of objects and of
    the config. Variables of a function are changed where its own text assigns to them.
    """
    if machine.muted:
        return []
    if machine.loops:
        assigned = machine.stored(node)
        own = [(frame.variables, name) for name in assigned if name in frame.variables]
        return [*own, *machine.effects.get(node, {}).values()]
    machine.effects.clear()
    seen, returned, yielded = len(frame.left), len(frame.returned), len(frame.yielded)
    mark, dropped = machine.heap.mark, len(frame.dropped)
    with machine.trial():
        turn()
        machine.run(node.body, frame)
    del frame.left[seen:], frame.returned[returned:], frame.yielded[yielded:]
    changed = machine.heap.changed(mark)
    machine.heap.undo(mark)
    changed += _dropped(frame, dropped)
    del frame.dropped[dropped:]
    return changed


def _dropped(frame: Frame, seen: int) -> Changed:
    """What was changed in turns that were left early."""
    states = (entry for dropped in frame.dropped[seen:] for entry in dropped.state.values())
    return [(names, key) for names, key, value in states if names.get(key) is not value]


def remember(machine: Machine, frame: Frame, node: Loop, mark: int, dropped: int) -> Changed:
    """After the turn of a loop in a trial: what it changed of objects and of the config."""
    changed = [*machine.heap.changed(mark), *_dropped(frame, dropped)]
    known = machine.effects.setdefault(node, {})
    for names, key in changed:
        if machine.is_shared(names):
            known[id(names), key] = (names, key)
    return changed
