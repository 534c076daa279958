"""The pieces of one word in, the pieces of each word that brace expansion makes of it out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.parse.shell.pieces import Literal, Piece
from trainlint.regex import regex

#: A word with more alternatives or open braces than this is none that a person meant.
MAX_WORDS = 4096
MAX_BRACES = 256

_HIDDEN = "\0"
_SEQUENCE = regex(
    r"(?:(?P<first>-?\d{1,15})\.\.(?P<last>-?\d{1,15})|(?P<from>[A-Za-z])\.\.(?P<to>[A-Za-z]))"
    r"(?:\.\.(?P<step>-?\d{1,15}))?\Z",
    re.ASCII,
)

#: The characters of a word with the pieces they belong to; quoted and computed pieces are one HIDDEN each.
_Marks = list[tuple[str, Piece]]


class UnclearBracesError(Exception):
    """A brace expansion without a sensible end, or one that we do not follow."""


def expand_braces(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The words that a word becomes; itself alone when it holds no brace expansion."""
    marks = [mark for piece in pieces for mark in _marks(piece)]
    if sum(char == "{" for char, _ in marks) > MAX_BRACES:
        raise UnclearBracesError
    return [_joined(word) for word in _expand(marks)]


def _marks(piece: Piece) -> _Marks:
    if not isinstance(piece, Literal) or piece.quoted:
        return [(_HIDDEN, piece)]
    return [
        (char, Literal(char, False, piece.start + index, piece.start + index + 1))
        for index, char in enumerate(piece.text)
    ]


def _joined(marks: _Marks) -> list[Piece]:
    """Neighbouring characters put together again."""
    pieces: list[Piece] = []
    for _, piece in marks:
        last = pieces[-1] if pieces else None
        if (
            isinstance(last, Literal)
            and isinstance(piece, Literal)
            and not last.quoted
            and not piece.quoted
            and last.end == piece.start
            and last.end - last.start == len(last.text)
        ):
            pieces[-1] = Literal(last.text + piece.text, False, last.start, piece.end)
        else:
            pieces.append(piece)
    return pieces


def _expand(marks: _Marks) -> list[_Marks]:
    mask = "".join(char for char, _ in marks)
    words: list[_Marks] = [[]]
    position = 0
    while (found := _next_group(mask, position)) is not None:
        opening, closing = found
        alternatives = _alternatives(marks, mask, opening, closing)
        if len(words) * len(alternatives) > MAX_WORDS:
            raise UnclearBracesError
        before = marks[position:opening]
        words = [word + before + choice for word in words for choice in alternatives]
        position = closing + 1
    return [word + marks[position:] for word in words]


def _next_group(mask: str, start: int) -> tuple[int, int] | None:
    """The next `{` that bash expands, and its `}`."""
    opening = mask.find("{", start)
    while opening >= 0:
        empty = opening == start and mask.startswith("{}", opening)
        closing = None if empty else _closing(mask, opening + 1)
        if closing is not None:
            return opening, closing
        opening = mask.find("{", opening + 1)
    return None


def _closing(mask: str, start: int) -> int | None:
    """The `}` that closes a group with a comma or `..` of its own; one without does not close anything."""
    level, separated = 0, False
    for index in range(start, len(mask)):
        char = mask[index]
        if char == "}" and level == 0 and separated:
            return index
        if char == "{":
            level += 1
        elif char == "}" and level:
            level -= 1
        elif level == 0:
            separated = (
                separated
                or char == ","
                or (mask.startswith("..", index) and mask[index + 2 : index + 3] != "}")
            )
    return None


def _alternatives(marks: _Marks, mask: str, opening: int, closing: int) -> list[_Marks]:
    inner = mask[opening + 1 : closing]
    if "," not in inner:
        return _sequence(inner, marks[opening : closing + 1])
    alternatives: list[_Marks] = []
    for start, end in _elements(mask, opening + 1, closing):
        alternatives += _expand(marks[start:end])
    return alternatives


def _elements(mask: str, start: int, end: int) -> list[tuple[int, int]]:
    """The stretches between the commas that belong to this group."""
    elements, level, begin = [], 0, start
    for index in range(start, end):
        char = mask[index]
        if char == "{":
            level += 1
        elif char == "}" and level:
            level -= 1
        elif char == "," and level == 0:
            elements.append((begin, index))
            begin = index + 1
    return [*elements, (begin, end)]


def _sequence(inner: str, group: _Marks) -> list[_Marks]:
    """`{1..9..2}` or `{a..e}`; any other text stays as it is written, braces included."""
    found = _SEQUENCE.match(inner)
    if found is None:
        if _HIDDEN in inner or "+" in inner:
            raise UnclearBracesError
        return [group]
    start, end = group[0][1].start, group[-1][1].end
    return [[(_HIDDEN, Literal(text, False, start, end))] for text in _members(found)]


def _members(found: re.Match[str]) -> list[str]:
    letters = found["first"] is None
    if letters and found["from"].islower() != found["to"].islower():
        raise UnclearBracesError
    low, high = ("from", "to") if letters else ("first", "last")
    as_number = ord if letters else int
    first, last = as_number(found[low]), as_number(found[high])
    step = abs(int(found["step"] or 1)) or 1
    if abs(last - first) // step >= MAX_WORDS:
        raise UnclearBracesError
    numbers = range(first, last + 1, step) if first <= last else range(first, last - 1, -step)
    if letters:
        return [chr(number) for number in numbers]
    ends = (found["first"], found["last"])
    padded = any(re.match(r"-?0\d", end) for end in ends)
    width = max(map(len, ends)) if padded else 0
    return [f"{number:0{width}d}" if width else str(number) for number in numbers]
