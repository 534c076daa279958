"""The modules of a program in, whether it puts objects on a device where it makes them out."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from trainlint.facts.module import ModuleFacts

#: Methods that put an object on a device.
MOVES = ("to", "cuda")


def moved_where_made(modules: Iterable[ModuleFacts]) -> bool:
    """Whether any object of a class is: `Network(…).to(device)`."""
    return any(_is_moved_at_once(node) for module in modules for node in ast.walk(module.tree))


def _is_moved_at_once(node: ast.AST) -> bool:
    """`Network(…).to(device)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    made = node.func.value.func if isinstance(node.func.value, ast.Call) else None
    name = made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""
    return node.func.attr in MOVES and name[:1].isupper()
