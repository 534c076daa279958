"""Modules in, the places where code gives a plain value to a name out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.facts.uses import plain, typed
from trainlint.parse.python.places import node_span
from trainlint.source import Span


def set_to(modules: Iterable[ModuleFacts], name: str, values: Iterable[str] = ()) -> Span | None:
    """Where code gives a plain value to something of this name, before all one of some values."""
    wanted, listed = plain(name), frozenset(values)
    places = [
        (typed(value.value) in listed, node_span(module.source, node))
        for module in modules
        for node in ast.walk(module.tree)
        for named, value in _given(node)
        if plain(named) == wanted and isinstance(value, ast.Constant)
    ]
    return max(places, key=lambda place: place[0])[1] if places else None


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The name and the value of an assignment or a keyword."""
    if isinstance(node, ast.keyword) and node.arg is not None:
        yield node.arg, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
        yield node.target.id, node.value
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
