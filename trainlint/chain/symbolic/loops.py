"""A loop in, what its turns change out: so that it is run with those as changing, and only once more."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.heap import Names, Side
from trainlint.chain.symbolic.holdings import aliases
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.symbols import (
    Changing,
    Choice,
    Code,
    Constant,
    External,
    Instance,
    Opaque,
    Setting,
    Symbol,
)
from trainlint.source import Span

Loop = ast.For | ast.AsyncFor | ast.While
Changed = list[tuple[Names, str]]
_LASTING = (Code, Constant, External, Instance, Setting)


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
        if isinstance(node, ast.While):
            # What the test calls changes objects too, once more before each turn.
            machine.value(node.test, frame)
    del frame.left[seen:], frame.returned[returned:], frame.yielded[yielded:]
    changed = machine.heap.changed(mark)
    learned = _learn(machine, node, changed)
    side = machine.heap.undo(mark)
    if learned:
        _keep_made(machine, side, frame.span)
    changed += _dropped(frame, dropped)
    del frame.dropped[dropped:]
    return changed


def _learn(machine: Machine, node: Loop, changed: Changed) -> bool:
    """Note the objects that names hold after a turn: the turns behind it begin with those."""
    held = [(key, names.get(key)) for names, key in changed]
    return _note(machine, node, held)


def _note(machine: Machine, node: Loop, held: Iterable[tuple[str, Symbol | None]]) -> bool:
    noted = False
    for key, value in held:
        for one in aliases(value):
            if isinstance(one, Instance):
                machine.later.setdefault((node, key), {})[one.node] = one
                noted = True
    return noted


def note_before(machine: Machine, node: Loop, mark: int) -> None:
    """Behind the turns: where there was none, names hold what they held before."""
    _note(machine, node, ((key, value) for _, key, value in machine.heap.before(mark).values()))


def _keep_made(machine: Machine, side: Side, span: Span) -> None:
    """Objects that a trial made keep their attributes, though nobody knows from which turn.

    What calls gave there is left out: the calls themselves are on no record.
    """
    made = {id(names) for names, _, _ in side.values() if not names and id(names) in machine.owners}
    for names, key, value in side.values():
        if id(names) in made and value is not None:
            kept = value if isinstance(value, _LASTING) else Opaque(f"`{key}` is set in a loop", span)
            names[key] = Changing(key, machine.owners[id(names)], kept, span)


def loosen(machine: Machine, node: Loop, changed: Changed, span: Span) -> None:
    """As a loop starts or ends: what its turns change may be what it was before, or what they leave."""
    for names, key in changed:
        before, later = names.get(key), machine.later.get((node, key))
        machine.loosen(names, key, span)
        known = {one.node for one in aliases(before) if isinstance(one, Instance)} if later else set()
        if before is None or later is None or not known:
            continue
        both = before
        for other in (one for kind, one in later.items() if kind not in known):
            both = Choice(Opaque("which turn of the loop it is is not known", span), both, other)
        if both is not before:
            machine.heap.write(names, key, Changing(key, machine.owners.get(id(names)), both, span))


def _dropped(frame: Frame, seen: int) -> Changed:
    """What was changed in turns that were left early."""
    states = (entry for dropped in frame.dropped[seen:] for entry in dropped.state.values())
    return [(names, key) for names, key, value in states if names.get(key) is not value]


def remember(machine: Machine, frame: Frame, node: Loop, mark: int, dropped: int) -> Changed:
    """After the turn of a loop in a trial: what it changed of objects and of the config."""
    changed = [*machine.heap.changed(mark), *_dropped(frame, dropped)]
    _learn(machine, node, changed)
    known = machine.effects.setdefault(node, {})
    for names, key in changed:
        if machine.is_shared(names):
            known[id(names), key] = (names, key)
    return changed
