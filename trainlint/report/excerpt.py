"""A source line and the columns that matter in, the part of it to show with the place of its marks out."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from trainlint.record import record
from trainlint.report.clean import printable
from trainlint.report.layout import cells

_TAB = "    "
_CUT_BEFORE, _CUT_AFTER = "… ", " …"
#: Columns kept in front of the marks where there is more than enough behind them.
_BEFORE = 30


@record
class Excerpt:
    """One line of text, and where marks go below it, in columns of a terminal."""

    text: str
    mark_at: int
    mark_width: int


def excerpt(line: str, start: int, end: int, width: int) -> Excerpt:
    """At most `width` columns of a line around the characters from `start` to `end` (from 0, exclusive)."""
    start = min(start, len(line))
    shown = list(line) if line.isprintable() else [_shown(character) for character in line]
    indent = min(len(line) - len(line.lstrip()), start)
    if cells("".join(shown[indent:])) <= width:
        return _marked(shown, indent, len(shown), start, end, width)
    room = width - cells(_CUT_BEFORE) - cells(_CUT_AFTER)
    plain = line.isascii() and line.isprintable()
    widths = [1] * len(line) if plain else [cells(text) for text in shown]
    behind = sum(widths[start:])
    first = _first(line, widths, indent, start, max(min(_BEFORE, room // 2), room - behind))
    return _marked(shown, first, _last(widths, first, room), start, end, width)


def _shown(character: str) -> str:
    return _TAB if character == "\t" else printable(character)


def _first(line: str, widths: list[int], indent: int, start: int, before: int) -> int:
    """Where the shown part begins: at a word, when one begins near enough in front of the marks."""
    first = start - bisect_right(list(accumulate(reversed(widths[indent:start]))), before)
    space = line.find(" ", first, start)
    return first if first == indent or space < 0 else space + 1


def _last(widths: list[int], first: int, room: int) -> int:
    """How far the shown part goes."""
    return first + bisect_right(list(accumulate(widths[first:])), room)


def _marked(shown: list[str], first: int, last: int, start: int, end: int, width: int) -> Excerpt:
    indent_only = not "".join(shown[:first]).strip()
    before = "" if indent_only else _CUT_BEFORE
    after = _CUT_AFTER if last < len(shown) else ""
    mark_at = cells(before) + cells("".join(shown[first:start]))
    mark_width = cells("".join(shown[start : min(end, last)]))
    text = before + "".join(shown[first:last]).rstrip() + after
    return Excerpt(text, mark_at, max(1, min(mark_width, width - mark_at)))
