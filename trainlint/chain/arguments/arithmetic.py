"""Two numbers and an operator in, the result out, as far as it is small."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_LARGE = 10**12


def arithmetic(node: ast.operator, left: object, right: object) -> int | float | None:
    """The result, None when it is not a number, not defined or too large to be worth it."""
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        return None
    if type(node) not in _OPERATORS or abs(left) > _LARGE or abs(right) > _LARGE:
        return None
    if isinstance(node, ast.Pow) and abs(right) > 64:
        return None
    try:
        result = _OPERATORS[type(node)](left, right)
    except (ArithmeticError, ValueError):
        return None
    return result if isinstance(result, (int, float)) else None
