"""A Dockerfile's text in, its instructions with the text of each and its places out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.record import record
from trainlint.source import SourceFile

_WORD = re.compile(r"[ \t]*(?P<name>[A-Za-z]+)[ \t]+")
_SKIPPED = re.compile(r"[ \t]*(?:#.*)?\r?\Z")
_ESCAPE = re.compile(r"\A(?:#[^\n]*\n)*#[ \t]*escape[ \t]*=[ \t]*(`)", re.IGNORECASE)
_HERE = re.compile(r"<<-?[\"']?(\w+)[\"']?")
_JSON_STRING = re.compile(r'[ \t\n]*"((?:[^"\\]|\\.)*)"[ \t\n]*(?P<end>[,\]])', re.DOTALL)
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_JSON_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@record
class Instruction:
    """One instruction: its name in capitals and the text behind it, continuations joined."""

    name: str
    text: MappedText


def instructions(source: SourceFile) -> Iterator[Instruction]:
    """The instructions in order; the bodies of here-documents are passed over."""
    text = source.text
    escape = "`" if _ESCAPE.match(text) else "\\"
    position = 0
    while position < len(text):
        end = _line_end(text, position)
        word = None if _SKIPPED.match(text, position, end) else _WORD.match(text, position, end)
        if word is None:
            position = end + 1
            continue
        joined, position = _joined(source, word.end(), escape)
        yield Instruction(word["name"].upper(), joined)
        for name in _HERE.findall(joined.text) if word["name"].upper() in ("RUN", "COPY", "ADD") else ():
            position = _behind(text, position, name)


def json_words(text: MappedText) -> list[MappedText] | None:
    """The words of `["a", "b"]`; None when the text is no such list."""
    position = len(text.text) - len(text.text.lstrip())
    if not text.text.startswith("[", position):
        return None
    position += 1
    found: list[MappedText] = []
    while string := _JSON_STRING.match(text.text, position):
        found.append(_unescaped(text, *string.span(1)))
        position = string.end()
        if string["end"] == "]":
            return None if text.text[position:].strip() else found
    return None


def _unescaped(text: MappedText, start: int, end: int) -> MappedText:
    assembly = Assembly(text.source)
    position = start
    for escape in _JSON_ESCAPE.finditer(text.text, start, end):
        assembly.splice(text, position, escape.start())
        char = chr(int(escape[1], 16)) if escape[1] else _JSON_ESCAPED.get(escape[2], escape[2])
        assembly.replace(char, *text.place(*escape.span()))
        position = escape.end()
    assembly.splice(text, position, end)
    return assembly.text()


def _joined(source: SourceFile, start: int, escape: str) -> tuple[MappedText, int]:
    """An instruction over all of its lines, and where the next one may begin; comments between drop out."""
    text = source.text
    assembly = Assembly(source)
    position = start
    while True:
        end = _line_end(text, position)
        content = text[position:end].rstrip()
        if not content.endswith(escape) or end >= len(text):
            assembly.copy(position, position + len(content))
            return assembly.text(), end + 1
        assembly.copy(position, position + len(content) - 1)
        position = end + 1
        while position < len(text) and _SKIPPED.match(text, position, _line_end(text, position)):
            position = _line_end(text, position) + 1
        assembly.replace(" ", end, min(end + 1, len(text)))


def _behind(text: str, position: int, name: str) -> int:
    """Where the text goes on behind a here-document."""
    while position < len(text):
        end = _line_end(text, position)
        line = text[position:end].strip()
        position = end + 1
        if line == name:
            break
    return position


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return len(text) if newline < 0 else newline
