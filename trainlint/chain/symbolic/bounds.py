"""A field of a pydantic class in, the bounds that its annotation and its default state out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import qualified

#: An operator, its bound, and what pydantic says of a value beyond it.
Stated = tuple[str, int | float, str]

_SIGNS = {
    "gt": (">", "greater than"),
    "ge": (">=", "greater than or equal to"),
    "lt": ("<", "less than"),
    "le": ("<=", "less than or equal to"),
}
_NAMED = {
    **dict.fromkeys(("PositiveInt", "PositiveFloat"), ("gt", 0)),
    **dict.fromkeys(("NonNegativeInt", "NonNegativeFloat"), ("ge", 0)),
    **dict.fromkeys(("NegativeInt", "NegativeFloat"), ("lt", 0)),
    **dict.fromkeys(("NonPositiveInt", "NonPositiveFloat"), ("le", 0)),
}
_CALLS = {"Field", "conint", "confloat", "Interval"}
_ONE = {"Gt": "gt", "Ge": "ge", "Lt": "lt", "Le": "le"}
_HOMES = ("pydantic", "annotated_types")


def bounds(module: ModuleFacts, field: ast.AnnAssign) -> Iterator[Stated]:
    """Every bound on the number that a field takes."""
    yield from _of_annotation(module, field.annotation)
    if isinstance(field.value, ast.Call):
        yield from _of_call(module, field.value)


def _of_annotation(module: ModuleFacts, node: ast.expr) -> Iterator[Stated]:
    if isinstance(node, ast.Call):
        yield from _of_call(module, node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        # `PositiveInt | None`; a union of two other types is looked at by neither.
        sides = [side for side in (node.left, node.right) if not _is_none(side)]
        if len(sides) == 1:
            yield from _of_annotation(module, sides[0])
    elif isinstance(node, ast.Subscript):
        yield from _of_subscript(module, node)
    else:
        named = _NAMED.get(_known(module, node))
        if named is not None:
            yield _stated(*named)


def _of_subscript(module: ModuleFacts, node: ast.Subscript) -> Iterator[Stated]:
    """`Annotated[int, Ge(1)]`, `Optional[PositiveInt]`."""
    name = ast.unparse(node.value).rpartition(".")[2]
    if name == "Optional":
        yield from _of_annotation(module, node.slice)
    elif name == "Annotated" and isinstance(node.slice, ast.Tuple):
        yield from _of_annotation(module, node.slice.elts[0])
        for mark in node.slice.elts[1:]:
            if isinstance(mark, ast.Call):
                yield from _of_call(module, mark)


def _of_call(module: ModuleFacts, call: ast.Call) -> Iterator[Stated]:
    """`Field(gt=0, le=1)`, `conint(ge=1)`, `Ge(1)`."""
    name = _known(module, call.func)
    if name in _ONE and len(call.args) == 1:
        bound = _number(call.args[0])
        if bound is not None:
            yield _stated(_ONE[name], bound)
    for word in call.keywords if name in _CALLS else ():
        bound = _number(word.value)
        if word.arg in _SIGNS and bound is not None:
            yield _stated(word.arg, bound)


def _stated(kind: str, bound: float) -> Stated:
    sign, words = _SIGNS[kind]
    return sign, bound, f"Input should be {words} {bound}"


def _known(module: ModuleFacts, node: ast.expr) -> str:
    """The last part of a name of pydantic's or annotated_types'; empty for any other."""
    full = qualified(module, node) or ""
    return full.rpartition(".")[2] if full.startswith(_HOMES) else ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _number(node: ast.expr) -> int | float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value) if isinstance(node.value, float) else int(str(node.value))
    return None
