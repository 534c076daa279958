"""The statements of a function in, what it gives back out."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

from trainlint.diff.examples import natives
from trainlint.diff.examples.expressions import bind, each, is_true, value
from trainlint.diff.examples.traces import FailsError, Function, Scope, Trace, UnclearError

if TYPE_CHECKING:
    from trainlint.diff.examples.interpreter import Run


class Leaves(Enum):
    """How a block ends that gives nothing back."""

    END = "end"
    TURN = "continue"
    LOOP = "break"


def run(machine: Run, body: Sequence[ast.stmt], frame: tuple[Scope, ...]) -> Trace | Leaves:
    """Run some statements; what is given back ends them."""
    for statement in body:
        machine.step()
        left = _one(machine, statement, frame)
        if left is not Leaves.END:
            return left
    return Leaves.END


def _one(machine: Run, node: ast.stmt, frame: tuple[Scope, ...]) -> Trace | Leaves:
    if isinstance(node, ast.Return):
        return value(machine, node.value, frame) if node.value is not None else Trace(None, node)
    if isinstance(node, ast.If):
        chosen = node.body if is_true(value(machine, node.test, frame).value) else node.orelse
        return run(machine, chosen, frame)
    if isinstance(node, (ast.For, ast.While)):
        return _loop(machine, node, frame)
    if isinstance(node, ast.Break):
        return Leaves.LOOP
    if isinstance(node, ast.Continue):
        return Leaves.TURN
    if isinstance(node, ast.Raise):
        raise FailsError("raise")
    if isinstance(node, ast.Assert):
        if not is_true(value(machine, node.test, frame).value):
            raise FailsError("AssertionError")
    else:
        _simple(machine, node, frame)
    return Leaves.END


def _simple(machine: Run, node: ast.stmt, frame: tuple[Scope, ...]) -> None:
    """A statement behind which the next one follows."""
    if isinstance(node, ast.Assign):
        given = value(machine, node.value, frame)
        for target in node.targets:
            bind(machine, target, given, frame)
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None:
            bind(machine, node.target, value(machine, node.value, frame), frame)
    elif isinstance(node, ast.AugAssign):
        _added(machine, node, frame)
    elif isinstance(node, ast.Expr):
        value(machine, node.value, frame)
    elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
        made = Function(node, machine.module, frame, defaults=machine.defaults(node, frame))
        frame[0][node.name] = Trace(made, node, machine.module)
    elif not isinstance(node, ast.Pass):
        raise UnclearError


def _added(machine: Run, node: ast.AugAssign, frame: tuple[Scope, ...]) -> None:
    if not isinstance(node.target, (ast.Name, ast.Subscript)):
        raise UnclearError
    before = value(machine, _read(node.target), frame)
    more = value(machine, node.value, frame)
    found = natives.binary(type(node.op), before.value, more.value)
    if isinstance(before.value, list) and isinstance(found, list):
        # Whoever holds the list sees what is added to it.
        before.value[:] = found
        found = before.value
    bind(machine, node.target, Trace(found, node, machine.module, (before, more)), frame)


def _read(target: ast.Name | ast.Subscript) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)


def _loop(machine: Run, node: ast.For | ast.While, frame: tuple[Scope, ...]) -> Trace | Leaves:
    if isinstance(node, ast.For):
        for item in each(machine, value(machine, node.iter, frame), node.target):
            machine.step()
            bind(machine, node.target, item, frame)
            left = run(machine, node.body, frame)
            if left is Leaves.LOOP:
                return Leaves.END
            if isinstance(left, Trace):
                return left
        return run(machine, node.orelse, frame)
    while is_true(value(machine, node.test, frame).value):
        left = run(machine, node.body, frame)
        if left is Leaves.LOOP:
            return Leaves.END
        if isinstance(left, Trace):
            return left
    return run(machine, node.orelse, frame)
