"""A function in, whether calling it runs its body or only makes a generator out."""

from __future__ import annotations

import ast
from functools import lru_cache


@lru_cache(maxsize=4096)
def is_generator(node: ast.AST, text: str) -> bool:
    """Whether a function has a `yield` of its own; `text` is the module's, and most have none at all."""
    return "yield" in text and yields(node)


def yields(node: ast.AST) -> bool:
    """Whether there is a `yield` in the body of a function, and not only in one that it defines."""
    pending: list[ast.AST] = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        pending.extend(node.body)
    while pending:
        part = pending.pop()
        if isinstance(part, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(part))
    return False
