"""Pieces of text with a role in, lines for a page of some width out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Enum


class Role(Enum):
    """What a piece of text is, so that a terminal can show it; the value is the style's name in rich."""

    PLAIN = ""
    PLACE = "bold"
    ERROR = "bold red"
    WARNING = "bold yellow"
    INFO = "bold blue"
    GOOD = "green"
    GUTTER = "blue"
    LABEL = "cyan"
    QUIET = "dim"


Piece = tuple[str, Role]
Line = tuple[Piece, ...]


def plain(lines: Iterable[Line]) -> str:
    """The lines without any style."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(cell_width(character) for character in text)


def cell_width(character: str) -> int:
    """How many columns a character takes: none for combining marks, two for wide ones."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrapped(text: str, width: int | None) -> list[str]:
    """The text on lines of at most `width` columns, broken between words; a longer word stays whole."""
    if width is None or cells(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        if lines and cells(lines[-1]) + 1 + cells(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
