"""A comprehension in, the list or dictionary that it gives out."""

from __future__ import annotations

import ast

from trainlint.chain.symbolic.assignment import assign, item_of
from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.symbols import Constant, Sequence, Symbol, Table

#: Calls that only look something up, so that it makes no difference how often they are made.
_LOOKS_UP = ("getattr", "str", "int", "float")


def comprehension(machine: Machine, node: ast.expr, frame: Frame) -> Symbol:
    """The element once, inside a loop over each of the sources; its variables are its own."""
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
    inner = _inside(frame)
    tests: list[Symbol] = []
    for generator in node.generators:
        items = machine.value(generator.iter, inner)
        if isinstance(node, ast.DictComp) and _is_written_out(node, items):
            return _each(machine, node, items, frame)
        inner.place = machine.turn(inner, items, node)
        assign(machine, generator.target, item_of(items, frame.span), inner, quiet=True)
        for test in generator.ifs:
            tests.append(machine.value(test, inner))
            inner.place = machine.further(inner, tests[-1], truth=True)
    if isinstance(node, ast.DictComp):
        key, held = machine.value(node.key, inner), machine.value(node.value, inner)
        return Table(((key, held),), open=True, span=frame.span)
    return Sequence((machine.value(node.elt, inner),), open=True, tests=tuple(tests))


def _inside(frame: Frame) -> Frame:
    """A scope of its own for the variables."""
    inner = Frame(frame.module, frame.place, frame.code, {}, frame, frame.depth, spans=frame.spans)
    inner.statement = frame.statement
    return inner


def _is_written_out(node: ast.DictComp, items: Symbol) -> bool:
    """Whether the keys are names that the code states, and each value only looks something up by its name."""
    if len(node.generators) > 1 or node.generators[0].ifs:
        return False
    if not isinstance(items, Sequence) or items.open or items.touched or not items.items:
        return False
    called = (part.func for part in ast.walk(node.value) if isinstance(part, ast.Call))
    looks_up = all(isinstance(func, ast.Name) and func.id in _LOOKS_UP for func in called)
    return looks_up and all(isinstance(item, Constant) for item in items.items)


def _each(machine: Machine, node: ast.DictComp, items: Symbol, frame: Frame) -> Table:
    """The dictionary with an entry for each name."""
    entries: list[tuple[Symbol, Symbol]] = []
    for item in items.items if isinstance(items, Sequence) else ():
        inner = _inside(frame)
        assign(machine, node.generators[0].target, item, inner, quiet=True)
        entries.append((machine.value(node.key, inner), machine.value(node.value, inner)))
    return Table(tuple(entries), span=frame.span)
