"""A call in, its arguments by parameter name out."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """The argument for a parameter, given by keyword or by position; None when it is not given openly."""
    for word in call.keywords:
        if word.arg == name:
            return word.value
    if position is None or position >= len(call.args):
        return None
    if any(isinstance(given, ast.Starred) for given in call.args[: position + 1]):
        return None
    return call.args[position]


def hides_arguments(call: ast.Call) -> bool:
    """Whether `*args` or `**kwargs` may hold arguments that the call does not show."""
    return any(isinstance(given, ast.Starred) for given in call.args) or any(
        word.arg is None for word in call.keywords
    )


def literal_strings(node: ast.expr | None) -> Sequence[ast.expr]:
    """The elements of a list or tuple display, empty for anything else."""
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else ()
