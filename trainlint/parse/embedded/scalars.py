"""A YAML scalar in, its text out, with the place of each character in the file: block and folded ones too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trainlint.parse.embedded.mapped import Assembly, MappedText
from trainlint.source import SourceFile

if TYPE_CHECKING:
    import yaml

_HEADER = re.compile(r"[|>][-+\d]*[ \t]*(?:#[^\n]*)?\r?\n")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_FOLD = re.compile(r"[ \t]*\r?\n(?P<blank>(?:[ \t]*\r?\n)*)[ \t]*")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n[ \t]*|.)")
_ESCAPED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


def scalar_text(source: SourceFile, node: yaml.ScalarNode) -> MappedText:
    """The value of a scalar; if its characters cannot be placed one by one, all stand for the whole."""
    start, end = node.start_mark.index, node.end_mark.index
    if found := _PROPERTIES.match(source.text, start, end):
        start = found.end()
    if node.style in ("|", ">"):
        text = _block(source, start, end, node)
    elif node.style in ("'", '"'):
        text = _flow(source, start + 1, end - 1, node.style)
    else:
        text = _flow(source, start, end, "")
    if text.text == node.value:
        return text
    assembly = Assembly(source)
    assembly.replace(node.value, start, end)
    return assembly.text()


def _block(source: SourceFile, start: int, end: int, node: yaml.ScalarNode) -> MappedText:
    """A literal or folded scalar: indentation goes, in a folded one most line ends become blanks."""
    header = _HEADER.match(source.text, start, end)
    if header is None:
        return Assembly(source).text()
    lines = _lines(source.text, header.end(), end)
    indicated = re.search(r"[1-9]", header.group().split("#")[0])
    indents = [_indent(source.text, *line) for line in lines if source.text[slice(*line)].strip()]
    indent = indents[0] if indents else 0
    if indicated:
        indent = min(_parent_indent(source.text, start) + int(indicated.group()), indent)
    assembly = Assembly(source)
    dedented = [(min(first + indent, last), last) for first, last in lines]
    for index, (first, last) in enumerate(dedented):
        assembly.copy(first, last)
        line_end = "\n" if node.style == "|" else _folded_end(source.text, dedented, index)
        assembly.replace(line_end, last, min(last + 1, len(source.text)))
    text = assembly.text()
    if len(text.text) == len(node.value):
        return text
    cut = Assembly(source)
    cut.splice(text, 0, min(len(node.value), len(text.text)))
    if len(node.value) > len(text.text):
        cut.replace(node.value[len(text.text) :], end, end)
    return cut.text()


def _folded_end(text: str, lines: list[tuple[int, int]], index: int) -> str:
    """What the line end behind a line of a folded scalar becomes: nothing if blank lines stand for it."""
    first, last = lines[index]
    following = next((line for line in lines[index + 1 :] if line[0] < line[1]), None)
    if first == last or following is None or text[first] in " \t" or text[following[0]] in " \t":
        return "\n"
    return " " if lines[index + 1] == following else ""


def _flow(source: SourceFile, start: int, end: int, style: str) -> MappedText:
    """A plain or quoted scalar: line ends become blanks, quotes and escapes what they mean."""
    assembly = Assembly(source)
    text, position = source.text, start
    while position < end:
        fold = _FOLD.match(text, position, end)
        if fold is not None:
            blank = fold["blank"].count("\n")
            assembly.replace("\n" * blank or " ", *fold.span())
            position = fold.end()
        elif style == '"' and text[position] == "\\" and (escape := _ESCAPE.match(text, position, end)):
            assembly.replace(_unescaped(escape.group()), *escape.span())
            position = escape.end()
        elif style == "'" and text.startswith("''", position):
            assembly.replace("'", position, position + 2)
            position += 2
        else:
            assembly.copy(position, position + 1)
            position += 1
    return assembly.text()


def _unescaped(escape: str) -> str:
    kind = escape[1]
    if kind in "xuU":
        number = int(escape[2:], 16)
        return chr(number) if number < 0x110000 else ""
    return "" if kind in "\r\n" else _ESCAPED.get(kind, kind)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start < end:
        newline = text.find("\n", start, end)
        last = end if newline < 0 else newline
        found.append((start, last - 1 if text.endswith("\r", start, last) else last))
        start = last + 1
    return found


def _indent(text: str, start: int, end: int) -> int:
    position = start
    while position < end and text[position] == " ":
        position += 1
    return position - start


def _parent_indent(text: str, start: int) -> int:
    """The indentation of the line that a block scalar's header stands in."""
    line = text.rfind("\n", 0, start) + 1
    match = re.compile(r"[ ]*(?:-[ ]+)*").match(text, line)
    return len(match.group()) if match else 0
