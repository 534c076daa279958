"""A Makefile's text in, its logical lines out: those at the margin and those of recipes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.record import record
from trainlint.source import SourceFile

_CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\r?\Z")
_JOIN = re.compile(r"[ \t]*\\\r?\n[ \t]*")
_COMMENT = re.compile(r"(?<!\\)#")
_PREFIX = re.compile(r"\.RECIPEPREFIX\s*[:?]?=\s*(\S)?")


@record
class MakeLine:
    """A logical line; of a recipe line the text keeps its continuations, which the shell reads."""

    text: MappedText
    is_recipe: bool
    start: int


def make_lines(source: SourceFile) -> Iterator[MakeLine]:
    """The lines that hold anything, in order; comments at the margin drop out."""
    text, prefix, position = source.text, "\t", 0
    while position < len(text):
        start, end = position, _logical_end(text, position)
        position = end + 1
        if text.startswith(prefix, start):
            yield MakeLine(_recipe(source, start, end, prefix), True, start)
            continue
        joined = _margin(source, start, end)
        if joined.text.strip():
            yield MakeLine(joined, False, start)
        if found := _PREFIX.match(joined.text):
            prefix = found[1] or "\t"


def _logical_end(text: str, position: int) -> int:
    """The end of the line that a backslash does not join to the next one."""
    start = position
    while True:
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        if newline < 0 or not _CONTINUED.search(text[max(start, end - 200) : end]):
            return end
        start = end + 1


def _recipe(source: SourceFile, start: int, end: int, prefix: str) -> MappedText:
    """The line as the shell gets it: the prefix goes from each physical line."""
    assembly = Assembly(source)
    position = start
    while position <= end:
        newline = source.text.find("\n", position, end)
        stop = end if newline < 0 else newline + 1
        first = position + 1 if source.text.startswith(prefix, position) else position
        last = stop - 1 if newline < 0 and source.text.endswith("\r", first, stop) else stop
        assembly.copy(first, last)
        position = stop if newline >= 0 else end + 1
    return assembly.text()


def _margin(source: SourceFile, start: int, end: int) -> MappedText:
    """The line with continuations as one blank and without its comment."""
    text = source.text
    if found := _COMMENT.search(text, start, end):
        end = found.start()
    elif text.endswith("\r", start, end):
        end -= 1
    assembly = Assembly(source)
    position = start
    for join in _JOIN.finditer(text, start, end):
        assembly.copy(position, join.start())
        assembly.replace(" ", *join.span())
        position = join.end()
    assembly.copy(position, end)
    return assembly.text()
