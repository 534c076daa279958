"""A scalar and a field's type in, whether pydantic takes the one for the other out (lax mode)."""

from __future__ import annotations

import math

from trainlint.facts.config import ScalarValue
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.regex import regex

#: What pydantic says of a value that a field does not take.
_WANTED = {
    TypeKind.INT: "Input should be a valid integer",
    TypeKind.FLOAT: "Input should be a valid number",
    TypeKind.STR: "Input should be a valid string",
    TypeKind.BOOL: "Input should be a valid boolean",
    TypeKind.BYTES: "Input should be a valid bytes",
    TypeKind.PATH: "Input is not a valid path",
    TypeKind.NONE: "Input should be None",
    TypeKind.LIST: "Input should be a valid list",
    TypeKind.TUPLE: "Input should be a valid tuple",
    TypeKind.DICT: "Input should be a valid dictionary",
    TypeKind.SCHEMA: "Input should be a valid dictionary or instance",
    TypeKind.LITERAL: "Input should be",
    TypeKind.ENUM: "Input should be",
}
_TRUTHS = {"0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"}
_WHOLE = regex(r"[+-]?[0-9]+(_[0-9]+)*(\.0+)?")


def refusal(value: ScalarValue, wanted: TypeFacts) -> str | None:
    """Pydantic's words when the type does not take the value, None when it does or nobody can tell."""
    if value is None and (wanted.optional or wanted.kind is TypeKind.NONE):
        return None
    if wanted.kind is TypeKind.UNION:
        refused = [refusal(value, arm) for arm in wanted.arguments]
        return refused[0] if refused and all(refused) else None
    takes = _TAKERS.get(wanted.kind)
    if takes is None or takes(value, wanted):
        return None
    return _words(wanted)


def _words(wanted: TypeFacts) -> str:
    words = _WANTED[wanted.kind]
    if wanted.kind in (TypeKind.LITERAL, TypeKind.ENUM) and wanted.choices:
        return f"{words} {' or '.join(repr(choice) for choice in wanted.choices)}"
    return words


def _takes_int(value: ScalarValue, _: TypeFacts) -> bool:
    if isinstance(value, str):
        return _WHOLE.fullmatch(value.strip()) is not None
    if isinstance(value, float):
        return math.isfinite(value) and value.is_integer() and abs(value) < 2**63
    return isinstance(value, (int, bytes))


def _takes_float(value: ScalarValue, _: TypeFacts) -> bool:
    if not isinstance(value, str):
        return isinstance(value, (int, float, bytes))
    try:
        float(value)
    except ValueError:
        return False
    return value.isascii()


def _takes_bool(value: ScalarValue, _: TypeFacts) -> bool:
    if isinstance(value, str):
        return value.lower() in _TRUTHS
    return isinstance(value, bytes) or (isinstance(value, (bool, int, float)) and value in (0, 1))


def _takes_text(value: ScalarValue, _: TypeFacts) -> bool:
    return isinstance(value, (str, bytes))


def _takes_path(value: ScalarValue, _: TypeFacts) -> bool:
    return isinstance(value, str)


def _takes_literal(value: ScalarValue, wanted: TypeFacts) -> bool:
    # Numbers and truth values compare equal across types; only texts are surely told apart.
    if not wanted.choices or not all(isinstance(choice, str) for choice in wanted.choices):
        return True
    return value in wanted.choices


def _takes_nothing(_: ScalarValue, __: TypeFacts) -> bool:
    return False


def _takes_anything_but_none(value: ScalarValue, _: TypeFacts) -> bool:
    return value is not None


_TAKERS = {
    TypeKind.INT: _takes_int,
    TypeKind.FLOAT: _takes_float,
    TypeKind.BOOL: _takes_bool,
    TypeKind.STR: _takes_text,
    TypeKind.BYTES: _takes_text,
    TypeKind.PATH: _takes_path,
    TypeKind.LITERAL: _takes_literal,
    TypeKind.NONE: _takes_nothing,
    TypeKind.LIST: _takes_nothing,
    TypeKind.TUPLE: _takes_nothing,
    TypeKind.DICT: _takes_nothing,
    TypeKind.SCHEMA: _takes_nothing,
    TypeKind.ENUM: _takes_anything_but_none,
}


def container_refusal(wanted: TypeFacts, kinds: tuple[TypeKind, ...]) -> str | None:
    """Pydantic's words when the type takes none of the kinds that a list or mapping can become."""
    if wanted.kind in (TypeKind.ANY, TypeKind.UNKNOWN) or wanted.kind in kinds:
        return None
    if wanted.kind is TypeKind.UNION:
        refused = [container_refusal(arm, kinds) for arm in wanted.arguments]
        return refused[0] if refused and all(refused) else None
    return _WANTED[wanted.kind]
