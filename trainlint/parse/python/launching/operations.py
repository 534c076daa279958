"""Two values and an operator in, the value of the operation out."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.frame import Frame
from trainlint.parse.python.launching.texts import Part, as_text, is_short, part, parts_of, text_from
from trainlint.parse.python.launching.values import (
    FilePath,
    Items,
    NotKnownError,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    python_of,
    type_name,
)
from trainlint.parse.python.launching.wording import a_kind
from trainlint.parse.shell.state import Text
from trainlint.source import Span

_NUMBERS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FIELD = re.compile(r"%(?:\((\w+)\))?([-+ #0-9.]*)([a-zA-Z%])")
_LARGEST = 10_000
_LONGEST_NUMBER = 256


def operation(left: Value, operator_: ast.operator, right: Value, node: ast.AST, frame: Frame) -> Value:
    """`left <operator> right`."""
    if isinstance(operator_, ast.Add):
        return _added(left, right, node, frame)
    if isinstance(operator_, ast.Div) and (isinstance(left, FilePath) or isinstance(right, FilePath)):
        return _path(left, right, node, frame)
    if isinstance(operator_, ast.Mod) and isinstance(left, Text):
        return _percent(left, right, node, frame)
    if isinstance(operator_, ast.Mult):
        return _repeated(left, right, node, frame)
    if isinstance(operator_, ast.BitOr) and isinstance(left, Table) and isinstance(right, Table):
        return Table({**left.entries, **right.entries}, frame.place(node), left.open or right.open)
    return _number(left, operator_, right, node, frame)


def path_of(text: Text) -> FilePath:
    """`Path(text)`; a text that is already written as paths are keeps its places."""
    if text.known is not None:
        plain = str(PurePosixPath(text.known))
        if plain != text.known:
            return FilePath(Text((plain,), (text.span,)))
    return FilePath(text)


def path_joined(texts: list[Text], span: Span) -> Text:
    """`a/b/c`, begun again at an absolute part."""
    found: list[Part] = []
    for text in texts:
        if text.known == "":
            continue
        first = text.parts[0]
        if isinstance(first, str) and first.startswith("/"):
            found = []
        elif found and not (isinstance(found[-1][0], str) and found[-1][0].endswith("/")):
            found.append(("/", span))
        found += parts_of(text)
    return text_from(found, span)


def _size(value: Value) -> int:
    """How much there is of a text or list."""
    if isinstance(value, Text):
        return len(value.parts)
    return len(value.elements) if isinstance(value, Items) else 0


def _added(left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    frame.run.route.step(_size(left) + _size(right))
    if isinstance(left, Text) or isinstance(right, Text):
        if isinstance(left, Text | Opaque) and isinstance(right, Text | Opaque):
            return text_from([*parts_of(as_text(left)), *parts_of(as_text(right))], frame.place(node))
        other = right if isinstance(left, Text) else left
        kind = type_name(other)
        if kind is not None:
            message = f"is {a_kind(kind)} that is added to a text"
            runtime = (
                f'TypeError: can only concatenate str (not "{kind}") to str'
                if isinstance(left, Text)
                else f"TypeError: unsupported operand type(s) for +: '{kind}' and 'str'"
            )
            raise frame.run.raised("TypeError", message, other.span, runtime)
        return frame.opaque(node)
    if isinstance(left, Items) and isinstance(right, Items):
        return Items([*left.elements, *right.elements], left.kind, frame.place(node))
    if isinstance(left, Items) and isinstance(right, Opaque):
        return Items([*left.elements, Rest(right.unknown)], left.kind, frame.place(node))
    if isinstance(left, Opaque) and isinstance(right, Items):
        return Items([Rest(left.unknown), *right.elements], right.kind, frame.place(node))
    return _number(left, ast.Add(), right, node, frame)


def _number(left: Value, operator_: ast.operator, right: Value, node: ast.AST, frame: Frame) -> Value:
    perform = _NUMBERS.get(type(operator_))
    if perform is None or not isinstance(left, Plain) or not isinstance(right, Plain):
        return frame.opaque(node)
    try:
        made = perform(left.constant, right.constant)
    except (TypeError, ArithmeticError, ValueError):
        return frame.opaque(node)
    large = isinstance(made, int) and made.bit_length() > _LONGEST_NUMBER
    return frame.opaque(node) if large else Plain(made, frame.place(node))


def _repeated(left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    if isinstance(left, Plain):
        left, right = right, left
    if isinstance(right, Plain) and isinstance(right.constant, int) and 0 <= right.constant <= _LARGEST:
        if isinstance(left, Items) and len(left.elements) * right.constant <= _LARGEST:
            return Items(left.elements * right.constant, left.kind, frame.place(node))
        if isinstance(left, Text) and len(left.parts) * right.constant <= _LARGEST:
            return text_from(parts_of(left) * right.constant, frame.place(node))
    return _number(left, ast.Mult(), right, node, frame)


def _path(left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    texts = [as_text(side) for side in (left, right) if isinstance(side, FilePath | Text | Opaque)]
    if len(texts) < 2:
        return frame.opaque(node)
    if texts[0].known == ".":
        return path_of(texts[1])
    normal = [path_of(text).text for text in texts]
    return FilePath(path_joined(normal, frame.place(node)))


def _percent(left: Text, right: Value, node: ast.AST, frame: Frame) -> Value:
    """`"…%s…" % values`."""
    several = isinstance(right, Items) and right.kind == "tuple"
    values: list[Value | Rest] = list(right.elements) if several and isinstance(right, Items) else [right]
    if any(isinstance(value, Rest) for value in values):
        return frame.opaque(node)
    found: list[Part] = []
    for piece, span in parts_of(left):
        if not isinstance(piece, str):
            return frame.opaque(node)
        position = 0
        for match in _FIELD.finditer(piece):
            found += parts_of(_within(piece, span, position, match.start()))
            position = match.end()
            if match[3] == "%":
                found.append(("%", span))
                continue
            given = _given(match[1], values, right)
            if given is None:
                return frame.opaque(node)
            found += parts_of(_percent_field(given, match))
        found += parts_of(_within(piece, span, position, len(piece)))
    return text_from(found, frame.place(node))


def _within(piece: str, span: Span, start: int, end: int) -> Text:
    return part(Text((piece,), (span,)), start, end)


def _given(name: str | None, values: list[Value | Rest], right: Value) -> Value | None:
    if name is not None:
        entry = right.entries.get(name) if isinstance(right, Table) else None
        return entry[1] if entry is not None else None
    value = values.pop(0) if values else None
    return None if isinstance(value, Rest) else value


def _percent_field(given: Value, field: re.Match[str]) -> Text:
    if field[3] == "s" and not field[2]:
        return as_text(given)
    span = given.span
    if not is_short(field[2]):
        return Text((Unknown("a text is made that is too long", span),), (span,))
    try:
        return Text((f"%{field[2]}{field[3]}" % (python_of(given),),), (span,))
    except (NotKnownError, TypeError, ValueError, OverflowError):
        unknown = as_text(given).value
        if not isinstance(unknown, Unknown):
            unknown = Unknown("a value is put into a text that is only known at run time", span)
        return Text((unknown,), (span,))
