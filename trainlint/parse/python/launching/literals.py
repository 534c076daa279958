"""A string literal's node and its source in, its text with the place of each stretch out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from trainlint.parse.python.places import node_span
from trainlint.source import SourceFile, Span

_OPEN = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
_GAP = re.compile(r"(?:\s|\\\n|#[^\n]*|[()])*")
_ESCAPE = re.compile(
    r"\\(?:\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)", re.DOTALL
)
_QUOTED = re.compile(r"[A-Za-z]{0,2}('''|\"\"\"|'|\")(?:\\.|(?!\1).)*?\1", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


class Stretch(NamedTuple):
    """Decoded text and where it is written; a replacement field has the text None."""

    text: str | None
    start: int
    end: int


class _UnclearError(Exception):
    """The literal is written in a way that is not followed."""


def literal_parts(source: SourceFile, node: ast.Constant | ast.JoinedStr) -> list[tuple[str | None, Span]]:
    """The stretches of a literal; None stands for a replacement field.

    Where they cannot be told apart, each has the place of the whole literal.
    """
    whole = node_span(source, node)
    if isinstance(node, ast.Constant):
        expected: list[str | None] = [str(node.value)]
    else:
        expected = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
    start, end = source.offset(whole.line, whole.column), source.offset(whole.end_line, whole.end_column)
    try:
        found = list(_merged(_stretches(source.text, start, end)))
    except _UnclearError:
        found = []
    if _joined([stretch.text for stretch in found]) != _joined(expected):
        return [(text, whole) for text in expected]
    return [(stretch.text, source.span(stretch.start, stretch.end)) for stretch in found]


def _joined(texts: list[str | None]) -> list[str]:
    """The text between replacement fields."""
    joined = [""]
    for text in texts:
        if text is None:
            joined.append("")
        else:
            joined[-1] += text
    return joined


def _merged(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    """Neighbouring stretches that are written as they read, as one."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is None:
            last = stretch
        elif _plain(last) and _plain(stretch) and last.end == stretch.start:
            last = Stretch((last.text or "") + (stretch.text or ""), last.start, stretch.end)
        else:
            yield last
            last = stretch
    if last is not None:
        yield last


def _plain(stretch: Stretch) -> bool:
    """Whether a stretch is written as it reads, on one line."""
    text = stretch.text
    return text is not None and len(text) == stretch.end - stretch.start and "\n" not in text


def _stretches(text: str, position: int, end: int) -> Iterator[Stretch]:
    """The stretches of one literal or of several side by side."""
    while True:
        gap = _GAP.match(text, position, end)
        position = gap.end() if gap else position
        if position >= end:
            return
        opened = _OPEN.match(text, position, end)
        if opened is None:
            raise _UnclearError
        prefix, quote = opened[1].lower(), opened[2]
        position = opened.end()
        while not text.startswith(quote, position):
            if position >= end:
                raise _UnclearError
            stretch = _next(text, position, end, prefix, quote)
            position = stretch.end
            if stretch.text != "" or stretch.start == stretch.end:
                yield stretch
        position += len(quote)


def _next(text: str, position: int, end: int, prefix: str, quote: str) -> Stretch:
    """The stretch at a position inside a literal."""
    char = text[position]
    if char == "\\" and "r" not in prefix:
        return _escape(text, position, end)
    if "f" in prefix and char in "{}":
        if text[position + 1 : position + 2] == char:
            return Stretch(char, position, position + 2)
        if char == "}":
            raise _UnclearError
        return Stretch(None, position, _field_end(text, position + 1, end))
    stop = position + 1
    if char == "\n":
        return Stretch(char, position, stop)
    special = "\\{}\n" if "f" in prefix else "\\\n"
    while stop < end and text[stop] not in special and not text.startswith(quote, stop):
        stop += 1
    if char == "\\" and text.startswith(quote, stop) and stop == position + 1:
        stop += 1
    return Stretch(text[position:stop], position, stop)


def _escape(text: str, position: int, end: int) -> Stretch:
    found = _ESCAPE.match(text, position, end)
    if found is None:
        raise _UnclearError
    try:
        decoded = ast.literal_eval(f'"""{found[0]}"""') if found[0] != '\\"' else '"'
    except (SyntaxError, ValueError):
        raise _UnclearError from None
    return Stretch(decoded, position, found.end())


def _field_end(text: str, position: int, end: int) -> int:
    """Behind the brace that closes a replacement field."""
    open_brackets = ["}"]
    while position < end:
        char = text[position]
        quoted = _QUOTED.match(text, position, end) if char in "'\"" else None
        if quoted is not None:
            position = quoted.end()
            continue
        if char in _PAIRS:
            open_brackets.append(_PAIRS[char])
        elif char == open_brackets[-1]:
            open_brackets.pop()
            if not open_brackets:
                return position + 1
        position += 1
    raise _UnclearError
