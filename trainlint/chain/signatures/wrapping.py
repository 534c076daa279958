"""A function used as a decorator in, what it puts in place of what it is given out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import Function
from trainlint.record import record

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@record
class Wrapping:
    """`inner` is the function that takes the place of the `parameter`, None when it stays as it is.

    `fills` says that what is not given is filled in.
    """

    parameter: str
    inner: Function | None
    module: ModuleFacts | None
    fills: bool = False


def wrapping(module: ModuleFacts, decorator: Function, *, called: bool) -> Wrapping | None:
    """What a decorator does; `called` for `@decorator(...)`, whose result is the decorator proper."""
    function = _returned_function(decorator) if called else decorator
    if function is None:
        return None
    first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
    given = _returned(function)
    if first is None or given is None or _rebinds(function, first.arg):
        return None
    if given == first.arg:
        return Wrapping(first.arg, None, module)
    inner = _local(function, given)
    return Wrapping(first.arg, inner, module) if inner is not None else None


def _returned_function(function: Function) -> Function | None:
    name = _returned(function)
    return _local(function, name) if name is not None else None


def _returned(function: Function) -> str | None:
    """The one name that a function returns at its end."""
    returns = [node for node in _inside(function) if isinstance(node, ast.Return)]
    if len(returns) != 1 or function.body[-1] is not returns[0] or isinstance(function, ast.AsyncFunctionDef):
        return None
    value = returns[0].value
    return value.id if isinstance(value, ast.Name) else None


def _local(function: Function, name: str) -> Function | None:
    """The one function of that name that stands in the body."""
    bound = [node for node in _inside(function) if isinstance(node, _FUNCTIONS) and node.name == name]
    return (
        bound[0] if len(bound) == 1 and bound[0] in function.body and not _rebinds(function, name) else None
    )


def _rebinds(function: Function, name: str) -> bool:
    """Whether the body gives the name, or something of it, another value."""
    for node in _inside(function):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.Attribute) and node.attr == "__init__" and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            return True
    return False


def _inside(function: Function) -> Iterator[ast.AST]:
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
