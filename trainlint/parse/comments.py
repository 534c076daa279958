"""A file's text in, the places of its comments and the lines that belong together out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress

from trainlint.regex import regex
from trainlint.source import SourceFile

# What can hide a `#`, and the comment itself; the first alternative that matches wins.
_TRIPLE = r'"""(?:\\.|[^\\])*?"""|' + r"'''(?:\\.|[^\\])*?'''|"
_STRING = r'"(?:\\.|[^"\\\n])*"|' + r"'(?:\\.|[^'\\\n])*'|"
_PYTHON = regex(_TRIPLE + _STRING + r"(?P<comment>#[^\n]*)", re.S)
_TOML_TRIPLE = r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|"
_TOML_STRING = r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|"
_TOML = regex(_TOML_TRIPLE + _TOML_STRING + r"(?P<comment>#[^\n]*)", re.S)
_SHELL = regex(r'\\.#*|"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|(?<![^\s;&|()])(?P<comment>#[^\n]*)", re.S)
_YAML = regex(r"(?<!\S)(?P<comment>#[^\n]*)")
_BLOCK_SCALAR = regex(r":\s*[|>][-+0-9]*\s*(?:#.*)?$")
_HTML = regex(r"(?P<comment><!--(?:[^-]|-(?!->))*-->)")
_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")
_FENCE = regex(r"[ \t>]*(?P<mark>`{3,}|~{3,})")

_OPENING, _CLOSING = "([{", ")]}"


def comments(source: SourceFile) -> Iterator[tuple[int, int]]:
    """Start and end offset of each comment, by the kind of text that the file's name tells."""
    if source.path.suffix in (".yaml", ".yml"):
        yield from _yaml_comments(source.text)
        return
    if source.path.suffix in _MARKDOWN:
        yield from _matches(_HTML, source.text)
    pattern = {".py": _PYTHON, ".ipynb": _PYTHON, ".toml": _TOML}.get(source.path.suffix, _SHELL)
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
            (_content_start(text, token.start_mark.index, token.style), token.end_mark.index)
            for token in tokens
            if isinstance(token, yaml.ScalarToken)
        )
    return scalars


def _content_start(text: str, start: int, style: str | None) -> int:
    """Where the text of a scalar begins: behind a `|` or `>` a comment may follow."""
    return text.find("\n", start) if style in ("|", ">") else start


def statement(source: SourceFile, line: int) -> tuple[int, int]:
    """First and last line of the job or statement that stands on a line."""
    if source.path.suffix in (".yaml", ".yml"):
        return line, _block_scalar_end(source, line)
    if source.path.suffix == ".toml":
        return line, line
    if source.path.suffix in (".py", ".ipynb"):
        return line, _bracketed(source, line)
    if source.path.suffix in _MARKDOWN and (fence := _FENCE.match(source.line_text(line))):
        return line, _fence_end(source, line, fence["mark"])
    first = last = line
    while first > 1 and _continues(source.line_text(first - 1)):
        first -= 1
    while _continues(source.line_text(last)) and last < len(source.line_starts):
        last += 1
    return first, last


def _block_scalar_end(source: SourceFile, line: int) -> int:
    """The last line of the text that begins behind a `|` or `>` on a line: a script in a workflow."""
    text = source.line_text(line)
    if not _BLOCK_SCALAR.search(text):
        return line
    indent, last = len(text) - len(text.lstrip()), line
    for following in range(line + 1, len(source.line_starts) + 1):
        below = source.line_text(following)
        if below.strip():
            if len(below) - len(below.lstrip()) <= indent:
                break
            last = following
    return last


def _fence_end(source: SourceFile, line: int, mark: str) -> int:
    """The last line of a fenced block that is opened on a line."""
    for following in range(line + 1, len(source.line_starts) + 1):
        if source.line_text(following).strip(" \t>").startswith(mark):
            return following
    return len(source.line_starts)


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
