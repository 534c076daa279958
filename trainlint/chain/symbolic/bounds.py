"""A field of a pydantic class in, the constraints that its annotation and its default state out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import qualified
from trainlint.regex import regex

#: A sign, its bound, and what pydantic says of a value beyond it. Signs of numbers are Python's operators.
Stated = tuple[str, int | float | str, str]

_SIGNS = {
    "gt": (">", "greater than"),
    "ge": (">=", "greater than or equal to"),
    "lt": ("<", "less than"),
    "le": ("<=", "less than or equal to"),
    "multiple_of": ("multiple", "a multiple of"),
    "min_length": ("len >=", "at least of length"),
    "max_length": ("len <=", "at most of length"),
}
_NAMED = {
    **dict.fromkeys(("PositiveInt", "PositiveFloat"), ("gt", 0)),
    **dict.fromkeys(("NonNegativeInt", "NonNegativeFloat"), ("ge", 0)),
    **dict.fromkeys(("NegativeInt", "NegativeFloat"), ("lt", 0)),
    **dict.fromkeys(("NonPositiveInt", "NonPositiveFloat"), ("le", 0)),
}
_CALLS = {"Field", "conint", "confloat", "constr", "conlist", "Interval", "Len", "StringConstraints"}
_ONE = {
    "Gt": "gt",
    "Ge": "ge",
    "Lt": "lt",
    "Le": "le",
    "MultipleOf": "multiple_of",
    "MinLen": "min_length",
    "MaxLen": "max_length",
}
#: Change a text before it is looked at.
_CHANGES = {"strip_whitespace", "to_lower", "to_upper"}
#: Constraints that only whole numbers make exact.
_WHOLE = {"multiple_of", "min_length", "max_length"}
#: A group that is repeated: what it takes to match such a pattern has no bound.
_UNBOUNDED = regex(r"\)[*+{]")
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
    words = {word.arg: word.value for word in call.keywords} if name in _CALLS else {}
    if words.keys() & _CHANGES:
        return
    for kind, value in words.items():
        bound = _number(value)
        if kind in _SIGNS and bound is not None and (kind not in _WHOLE or isinstance(bound, int)):
            yield _stated(kind, bound)
    given = words.get("pattern")
    pattern = given.value if isinstance(given, ast.Constant) else None
    if isinstance(pattern, str) and not _UNBOUNDED.search(pattern):
        yield "pattern", pattern, f"String should match pattern '{pattern}'"


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
