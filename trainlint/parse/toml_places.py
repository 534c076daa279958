"""A TOML text and the path of a key in, the place where it is written out (the standard parser has none)."""

from __future__ import annotations

import re

from trainlint.regex import regex
from trainlint.source import SourceFile, Span

Path = tuple[str, ...]

_KEY = regex(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_DOTTED = rf"(?:{_KEY.pattern})(?:[ \t]*\.[ \t]*(?:{_KEY.pattern}))*"
_LINE = regex(rf"^[ \t]*(?:\[{{1,2}}[ \t]*(?P<header>{_DOTTED})[ \t]*\]|(?P<key>{_DOTTED})[ \t]*=)", re.M)
_ERROR_PLACE = regex(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


def place(source: SourceFile, path: Path, value: str | None = None) -> Span:
    """Where a key stands, or with `value` the first such string behind it; the nearest parent if unclear."""
    start, end, depth = _key(source.text, path)
    for part in path[depth:]:
        start, end = _within(source.text, part, end) or (start, end)
    if value is not None:
        start, end = _string(source.text, value, end) or (start, end)
    return source.span(start, end)


def _key(text: str, path: Path) -> tuple[int, int, int]:
    """The header or key line that goes deepest along a path: start, end and depth."""
    best = (0, 0, 0)
    table: Path = ()
    for match in _LINE.finditer(text):
        group = "header" if match.group("header") else "key"
        parts = _parts(match.group(group))
        full = parts if group == "header" else (*table, *parts)
        table = parts if group == "header" else table
        if len(full) > best[2] and full == path[: len(full)]:
            last = list(_KEY.finditer(match.group(group)))[-1]
            offset = match.start(group)
            best = (offset + last.start(), offset + last.end(), len(full))
    return best


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _KEY.findall(dotted))


def _within(text: str, key: str, start: int) -> tuple[int, int] | None:
    """A key of an inline table behind an offset."""
    match = re.compile(rf"(?P<key>[\"']?{re.escape(key)}[\"']?)[ \t]*[=.]").search(text, start)
    return match.span("key") if match else None


def _string(text: str, value: str, start: int) -> tuple[int, int] | None:
    match = re.compile(rf"(?P<quote>[\"']){re.escape(value)}(?P=quote)").search(text, start)
    return match.span() if match else None


def syntax_error(source: SourceFile, error: Exception) -> tuple[str, Span]:
    """What the parser's message says and the place it names."""
    message = str(error) or "it is nested too deeply"
    match = _ERROR_PLACE.search(message)
    if match is None:
        return message, Span.at(source.display)
    if match.group(1) is None:
        return message[: match.start()], Span.at(source.display, len(source.line_starts))
    return message[: match.start()], Span.at(source.display, int(match.group(1)), int(match.group(2)))
