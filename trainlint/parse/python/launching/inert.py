"""Statements in, the names that they may change out, and whether they can matter to a command at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Calls that only tell people something.
_TELLING = frozenset(("print", "pprint", "echo", "secho", "log", "info", "debug", "warning", "warn", "error"))
_TELLING_OWNERS = frozenset(
    ("logging", "logger", "log", "console", "warnings", "click", "typer", "rich", "LOG")
)
_CHANGING = frozenset(
    (
        *("append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault"),
        *("add", "discard", "popitem", "appendleft", "extendleft"),
    )
)


def is_telling(call: ast.Call) -> bool:
    """Whether a call only tells people something."""
    name = call.func
    if isinstance(name, ast.Name):
        return name.id in _TELLING
    if isinstance(name, ast.Attribute) and name.attr in _TELLING:
        owner = name.value.attr if isinstance(name.value, ast.Attribute) else getattr(name.value, "id", "")
        return owner in _TELLING_OWNERS or owner.endswith(("logger", "console"))
    return False


def is_inert(body: list[ast.stmt]) -> bool:
    """Whether statements neither set, nor start, nor leave anything."""
    return all(_is_inert(node) for node in body)


def _is_inert(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    return isinstance(node.value, ast.Call) and is_telling(node.value)


def stored_names(node: ast.AST) -> list[str]:
    """The names that a statement may bind."""
    return sorted(set(_stored(node)))


def _stored(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id


def touched_names(node: ast.AST) -> list[str]:
    """The names whose values a statement may change without binding them anew."""
    return sorted(set(_touched(node)))


def _touched(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        owner: ast.expr | None = None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            owner = inner.func.value if inner.func.attr in _CHANGING else None
        elif isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store | ast.Del):
            owner = inner.value
        elif isinstance(inner, ast.AugAssign):
            owner = inner.target
        if isinstance(owner, ast.Name):
            yield owner.id
