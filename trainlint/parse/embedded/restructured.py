"""A reStructuredText document in, the launches of its shell blocks out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.parse.embedded.document import Document
from trainlint.parse.embedded.markdown import SIGN, typed_lines
from trainlint.parse.embedded.prompts import failing
from trainlint.source import Files, SourceFile

_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*(?:[-*+]|#\.|\d+\.)?[ \t]*)\.\.[ \t]+"
    r"(?:code-block|code|sourcecode|prompt|parsed-literal)::[ \t]*(?P<language>[\w+-]*)"
)
_LITERAL = re.compile(r"(?P<indent>[ \t]*)(?!\.\.[ \t]).*::[ \t\r]*\Z")
_OPTION = re.compile(r"[ \t]+:[\w-]+:.*\Z")

_Line = tuple[int, int]


def read_restructured(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch that the document tells its reader to type."""
    document = Document.of(source, directory, files, Form.RST, "taken as an example of another one")
    for language, lines in _blocks(source.text):
        typed = typed_lines(source, language, lines)
        if typed:
            document.read_block(typed, failing(source, lines, typed))
    return document.launches()


def looks_like(source: SourceFile) -> bool:
    """Whether a document may hold a launch."""
    return SIGN.search(source.text) is not None and any(
        typed_lines(source, language, lines) for language, lines in _blocks(source.text)
    )


def _blocks(text: str) -> Iterator[tuple[str, list[_Line]]]:
    """The language and the lines of each code block and literal block."""
    lines = _lines(text)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        directive = _DIRECTIVE.match(text, start, end)
        found = directive or _LITERAL.match(text, start, end)
        index += 1
        if found is None:
            continue
        language = directive["language"].lower() if directive is not None else ""
        body, index = _body(text, lines, index, len(found["indent"].expandtabs()), directive is not None)
        if body:
            yield language, body


def _body(
    text: str, lines: list[_Line], index: int, indent: int, has_options: bool
) -> tuple[list[_Line], int]:
    """The lines that are indented more than what opens them, without their indentation."""
    while has_options and index < len(lines) and _OPTION.match(text, *lines[index]):
        index += 1
    found: list[_Line] = []
    inner: int | None = None
    while index < len(lines):
        start, end = lines[index]
        content = text[start:end]
        if content.strip():
            depth = len(content.expandtabs()) - len(content.expandtabs().lstrip())
            inner = depth if inner is None else inner
            if depth <= indent or depth < inner:
                break
            start += min(len(content) - len(content.lstrip()), inner)
        found.append((start, end))
        index += 1
    return found, index


def _lines(text: str) -> list[_Line]:
    found, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        found.append((start, end - 1 if line.endswith("\r") else end))
        start = end + 1
    return found
