"""A file's text in, the places of its comments and the lines that belong together out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress

from trainlint.source import SourceFile

# What can hide a `#`, and the comment itself; the first alternative that matches wins.
_TRIPLE = r'"""(?:\\.|[^\\])*?"""|' + r"'''(?:\\.|[^\\])*?'''|"
_STRING = r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'|"
_PYTHON = re.compile(_TRIPLE + _STRING + r"(?P<comment>#[^\n]*)", re.S)
_TOML_TRIPLE = r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|"
_TOML_STRING = r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|"
_TOML = re.compile(_TOML_TRIPLE + _TOML_STRING + r"(?P<comment>#[^\n]*)", re.S)
_SHELL = re.compile(r'\\.#*|"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|(?<![^\s;&|()])(?P<comment>#[^\n]*)", re.S)
_YAML = re.compile(r"(?<!\S)(?P<comment>#[^\n]*)")

_OPENING, _CLOSING = "([{", ")]}"


def comments(source: SourceFile) -> Iterator[tuple[int, int]]:
    """Start and end offset of each comment, by the kind of text that the file's name tells."""
    if source.path.suffix in (".yaml", ".yml"):
        yield from _yaml_comments(source.text)
        return
    pattern = {".py": _PYTHON, ".toml": _TOML}.get(source.path.suffix, _SHELL)
    yield from _matches(pattern, source.text)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        if match.group("comment"):
            yield match.start("comment"), match.start("comment") + len(match.group("comment").rstrip())


def _yaml_comments(text: str) -> Iterator[tuple[int, int]]:
    scalars = _yaml_scalars(text)
    starts = [start for start, _ in scalars]
    for start, end in _matches(_YAML, text):
        before = bisect_right(starts, start) - 1
        if before < 0 or scalars[before][1] <= start:
            yield start, end


def _yaml_scalars(text: str) -> list[tuple[int, int]]:
    """Where the scalars stand, as far as the text can be read."""
    import yaml  # only files that address trainlint come here

    scalars: list[tuple[int, int]] = []
    tokens = yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    with suppress(yaml.YAMLError):
        scalars.extend(
            (token.start_mark.index, token.end_mark.index)
            for token in tokens
            if isinstance(token, yaml.ScalarToken)
        )
    return scalars


def statement(source: SourceFile, line: int) -> tuple[int, int]:
    """First and last line of the job or statement that stands on a line."""
    if source.path.suffix in (".yaml", ".yml", ".toml"):
        return line, line
    if source.path.suffix == ".py":
        return line, _bracketed(source, line)
    first = last = line
    while first > 1 and _continues(source.line_text(first - 1)):
        first -= 1
    while _continues(source.line_text(last)) and last < len(source.line_starts):
        last += 1
    return first, last


def _continues(text: str) -> bool:
    """Whether a shell line goes on: an odd number of backslashes at its end, outside a comment line."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1 and not text.lstrip().startswith("#")


def _bracketed(source: SourceFile, line: int) -> int:
    """The last line of a Python statement that starts on a line: where its brackets and strings close."""
    depth, position = 0, source.line_starts[line - 1]
    for match in _PYTHON.finditer(source.text, position):
        depth, end = _closed(source.text, position, match.start(), depth)
        if end is not None:
            return source.position(end)[0]
        position = match.end()
    _, end = _closed(source.text, position, len(source.text), depth)
    return line if end is None else source.position(end)[0]


def _closed(text: str, start: int, end: int, depth: int) -> tuple[int, int | None]:
    """The bracket depth after a stretch of code, and where a line ends outside all brackets, if one does."""
    for offset in range(start, end):
        character = text[offset]
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "\n" and depth <= 0:
            return depth, offset
    return depth, end if end == len(text) and depth <= 0 else None
