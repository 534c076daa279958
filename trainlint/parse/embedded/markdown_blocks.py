"""A Markdown text in, its code blocks with the place of every line out; other Markdown is passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainlint.record import record

_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)\Z")
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]{1,4}(?=\S)|[ \t]*\Z)")
_LANGUAGE = re.compile(r"\{?[.=]?\s*([\w+#.-]*)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAB = 4


@record
class CodeBlock:
    """A code block: the language in lower case, "" without one, and start and end of each line's content.

    `fenced` is False for a block that is code by its indentation.
    """

    language: str
    info: str
    lines: tuple[tuple[int, int], ...]
    fenced: bool


@record
class _Line:
    """A line of a document: where it starts and ends, without its line end."""

    start: int
    end: int


def code_blocks(text: str) -> Iterator[CodeBlock]:
    """Every code block, in order: fenced ones in lists and quotes too, and indented ones."""
    lines = list(_lines(text))
    hidden = _hidden(text)
    place = _Place()
    index = 0
    while index < len(lines):
        line = lines[index]
        if any(start <= line.start < end for start, end in hidden):
            index += 1
            continue
        body, quotes = _unquoted(text, line)
        content = text[body : line.end]
        fence = _opening(text, body, line.end)
        if fence is not None:
            place.open_fence(content, quotes)
            block, index = _fenced(text, lines, index, fence, quotes, place.list_indent)
            yield block
        elif place.is_code(content, quotes):
            block, index = _indented(text, lines, index, place.list_indent + _TAB, quotes)
            yield block
        else:
            index += 1


@dataclass
class _Place:
    """Where in lists and quotes a line stands, and whether an indented line here would be code."""

    list_indent: int = 0
    may_indent: bool = True
    quotes: int = 0

    def open_fence(self, content: str, quotes: int) -> None:
        """A fence begins, perhaps right behind the mark of a list item."""
        self._enter(quotes)
        item = _ITEM.match(content)
        self.list_indent = _indent(content, item.end()) if item is not None else self.list_indent
        self.may_indent = True

    def is_code(self, content: str, quotes: int) -> bool:
        """Whether a line that opens no fence begins a block of code; the place moves along."""
        if not content.strip():
            self.may_indent = True
            return False
        self._enter(quotes)
        indent = _indent(content)
        item = _ITEM.match(content)
        if item is not None and indent < self.list_indent + _TAB:
            self.list_indent, self.may_indent = _indent(content, item.end()), False
            return False
        is_heading = content.lstrip().startswith("#")
        if indent < self.list_indent and (self.may_indent or is_heading):
            self.list_indent = 0
        if self.may_indent and indent >= self.list_indent + _TAB:
            return True
        self.may_indent = is_heading
        return False

    def _enter(self, quotes: int) -> None:
        """Lists do not reach out of a quote, nor into one."""
        if quotes != self.quotes:
            self.quotes, self.list_indent = quotes, 0


def language_of(info: str) -> str:
    """The first word of what stands behind a fence: `bash` of `bash title="x"` and of `{.bash}`."""
    found = _LANGUAGE.match(info.strip())
    return found[1].lower() if found else ""


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = len(text) if newline < 0 else newline
        yield _Line(start, end - 1 if text.endswith("\r", start, end) else end)
        start = end + 1


def _hidden(text: str) -> list[tuple[int, int]]:
    """The stretches that a reader never sees: HTML comments that begin a line."""
    if "<!--" not in text:
        return []
    return [
        found.span()
        for found in _COMMENT.finditer(text)
        if not text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip()
    ]


def _unquoted(text: str, line: _Line, most: int = 9) -> tuple[int, int]:
    """Where the content of a line begins behind its quote marks, and how many there are."""
    position, quotes = line.start, 0
    while quotes < most and (found := _QUOTE.match(text, position, line.end)):
        position, quotes = found.end(), quotes + 1
    return position, quotes


def _opening(text: str, start: int, end: int) -> tuple[int, re.Match[str]] | None:
    """The fence that a line opens, also behind list marks, and its column."""
    position = start
    while (item := _ITEM.match(text, position, end)) and item.end() < end:
        position = item.end()
    while position < end and text[position] in " \t":
        position += 1
    found = _FENCE.match(text, position, end)
    if found is None or (found["mark"][0] == "`" and "`" in found["info"]):
        return None
    return _indent(text[start : position + 1], position - start), found


def _fenced(
    text: str,
    lines: Sequence[_Line],
    index: int,
    fence: tuple[int, re.Match[str]],
    quotes: int,
    list_indent: int,
) -> tuple[CodeBlock, int]:
    """The block from its opening line to the closing one, the next list item or the end of its quote."""
    indent, opening = fence
    in_list = 0 < list_indent <= indent
    mark = opening["mark"]
    closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*\Z")
    found: list[tuple[int, int]] = []
    index += 1
    while index < len(lines):
        line = lines[index]
        body, deep = _unquoted(text, line, quotes)
        content = text[body : line.end]
        if deep < quotes or (in_list and _indent(content) < list_indent and _ITEM.match(content)):
            break
        index += 1
        if closing.match(text, body, line.end):
            break
        found.append((_dedented(text, body, line.end, indent), line.end))
    info = opening["info"].strip()
    return CodeBlock(language_of(info), info, tuple(found), True), index


def _indented(
    text: str, lines: Sequence[_Line], index: int, indent: int, quotes: int
) -> tuple[CodeBlock, int]:
    """The lines that are indented so far; blank ones at the end belong to the text again."""
    found: list[tuple[int, int]] = []
    filled = 0
    while index < len(lines):
        line = lines[index]
        body, deep = _unquoted(text, line, quotes)
        content = text[body : line.end]
        if deep < quotes or (content.strip() and _indent(content) < indent):
            break
        found.append((_dedented(text, body, line.end, indent), line.end))
        filled = len(found) if content.strip() else filled
        index += 1
    return CodeBlock("", "", tuple(found[:filled]), False), index


def _indent(content: str, stop: int | None = None) -> int:
    """The column at which the text of a line begins, or that of the character at `stop`."""
    column = 0
    for index, char in enumerate(content):
        if index == stop or (stop is None and char not in " \t"):
            break
        column = (column // _TAB + 1) * _TAB if char == "\t" else column + 1
    return column


def _dedented(text: str, start: int, end: int, indent: int) -> int:
    """Where a line begins without at most so many columns of indentation."""
    column, position = 0, start
    while position < end and column < indent and text[position] in " \t":
        column = (column // _TAB + 1) * _TAB if text[position] == "\t" else column + 1
        position += 1
    return position
