"""A piece of code in, the names that it refers to out."""

from __future__ import annotations

import ast

from trainlint.facts.module import dotted_parts
from trainlint.record import record


@record
class References:
    """The dotted names that code reads, in order, and the functions that stand in it: there to be called."""

    names: tuple[str, ...]
    nested: frozenset[ast.AST]


def references(node: ast.AST) -> References:
    """What a statement, function or expression refers to; the head of a dotted name counts too."""
    names: dict[str, None] = {}
    nested: set[ast.AST] = set()
    stack = [node]
    while stack:
        child = stack.pop()
        parts = dotted_parts(child) if isinstance(child, (ast.Name, ast.Attribute)) else None
        if parts:
            names[".".join(parts)] = None
            names[parts[0]] = None
            continue
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and child is not node:
            nested.add(child)
        stack += ast.iter_child_nodes(child)
    return References(tuple(names), frozenset(nested))
