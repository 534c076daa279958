"""An override's text in, its parts as Hydra's grammar reads them out.

Simple texts (plain keys, plain scalars, flat lists, quoted texts without escapes) are read here; all
others by Hydra's own parser, which is imported only then.
"""

from __future__ import annotations

import re
from functools import lru_cache

from trainlint.compose.request import OverrideKind, SweepKind
from trainlint.record import record
from trainlint.regex import regex

#: Plain Python values, as Hydra's parser gives them.
Plain = None | bool | int | float | str | list["Plain"] | dict["Plain", "Plain"]

_ID = r"[A-Za-z_][A-Za-z0-9_-]*"
_NUMBER = r"(?:0|[1-9](?:_?[0-9])*)"
_DOTTED = rf"(?:{_ID}|{_NUMBER})(?:\.(?:{_ID}|{_NUMBER}))+"
_KEY = regex(rf"(\+\+|\+|~)?({_DOTTED}|{_ID}(?:/{_ID})*)(?:@({_DOTTED}|{_ID}|))?(?:=(.*))?", re.DOTALL)
_INT = regex(rf"[+-]?{_NUMBER}")
_POINT = rf"(?:{_NUMBER}\.|{_NUMBER}?\.[0-9](?:_?[0-9])*)"
_FLOAT = regex(
    rf"[+-]?(?:{_POINT}|(?:{_NUMBER}|{_POINT})[eE][+-]?[0-9](?:_?[0-9])*|[Ii][Nn][Ff]|[Nn][Aa][Nn])"
)
#: A run of tokens that means its own text, unless it is a single number, boolean or null.
_PLAIN = regex(r"(?:[A-Za-z0-9_/.\-+%*@?|:]|\$(?!\{)|\$\{[^}]+\})+")
_QUOTED = regex(r"'[^'\\]*'|\"[^\"\\]*\"")
_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}

KINDS = {
    None: OverrideKind.CHANGE,
    "+": OverrideKind.ADD,
    "++": OverrideKind.FORCE_ADD,
    "~": OverrideKind.DELETE,
}


@record
class Parsed:
    """An override's parts; `has_value` is False for a bare deletion; `points` are a sweep's values."""

    kind: OverrideKind
    key: str
    package: str | None
    value: Plain
    has_value: bool = True
    sweep_kind: SweepKind | None = None
    points: tuple[Plain, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@record
class SyntaxFault:
    """A text that the grammar refuses: Hydra's words, a plain sentence, the offset if it is known."""

    hydra: str
    message: str
    offset: int | None


@lru_cache(maxsize=32768)
def parse_text(text: str) -> Parsed | SyntaxFault:
    """The parts of one override."""
    parsed = parse_simple(text)
    if parsed is not None:
        return parsed
    from trainlint.compose.hydra_grammar import parse_by_hydra

    return parse_by_hydra(text)


def parse_simple(text: str) -> Parsed | None:
    """The parts of a simple override, None when only Hydra's grammar can tell."""
    try:
        return _simple(text)
    except ValueError:  # a number of more digits than Python reads
        return None


def _simple(text: str) -> Parsed | None:
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    prefix, key, package, value = match.groups()
    kind = KINDS[prefix]
    if value is None:
        return Parsed(kind, key, package, None, has_value=False) if kind is OverrideKind.DELETE else None
    if value == "":
        return Parsed(kind, key, package, "")
    if _PLAIN.fullmatch(value):
        return Parsed(kind, key, package, plain_scalar(value))
    if _QUOTED.fullmatch(value):
        return Parsed(kind, key, package, value[1:-1])
    if value[0] == "[" and value[-1] == "]":
        items = _flat(value[1:-1]) if len(value) > 2 else []
        return None if items is None else Parsed(kind, key, package, items)
    points = _flat(value)
    if points is None or len(points) < 2:
        return None
    return Parsed(kind, key, package, None, sweep_kind=SweepKind.SIMPLE, points=tuple(points))


def _flat(text: str) -> list[Plain] | None:
    """The items of a comma list of plain scalars and simple quoted texts."""
    items: list[Plain] = []
    for item in text.split(","):
        if _PLAIN.fullmatch(item):
            items.append(plain_scalar(item))
        elif _QUOTED.fullmatch(item):
            items.append(item[1:-1])
        else:
            return None
    return items


def plain_scalar(text: str) -> bool | int | float | str | None:
    """The value of a plain, unquoted text."""
    word = text.lower()
    if word in _WORDS:
        return _WORDS[word]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
