"""A notebook's text in, its code as one Python text whose places are those in the notebook out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from trainlint.facts.value import Unknown
from trainlint.facts.yaml import YamlList, YamlMap, YamlNode, YamlProblem, YamlScalar
from trainlint.parse.json_text import JsonReader
from trainlint.parse.magics import is_percent, percent_cells, read_cell
from trainlint.record import record
from trainlint.regex import regex
from trainlint.source import SourceFile, Span, Unreadable

_ESCAPE = regex(r"\\(?:u[0-9a-fA-F]{4}|.)")
#: What one character, or a run of characters without escapes, is written as.
_UNIT = regex(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|(?P<plain>[^\\]+)"
)
_LINE_ENDS = ("\\n", "\\u000a", "\\u000A")


@record
class _Line:
    """A line of code as it is written inside a text of the notebook: from `start` to `end`.

    `shift` is how many of its characters were taken away in front.
    """

    start: int
    end: int
    shift: int = 0


@dataclass(frozen=True)
class NotebookText(SourceFile):
    """Code that was taken out of a notebook, one of `lines` for each line of `text`."""

    notebook: SourceFile
    lines: tuple[_Line, ...]

    @property
    def is_whole(self) -> bool:
        """Never: between the lines stands what makes a notebook."""
        return False

    def stretch(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """Where the code is written in the notebook."""
        start = self._written(line, column)
        return self.notebook.span(start, max(start, self._written(end_line, end_column)))

    def _written(self, line: int, column: int) -> int:
        """The offset in the notebook of a place of the code."""
        if not self.lines:
            return 0
        written = self.lines[min(max(line, 1), len(self.lines)) - 1]
        left, position = column - 1 + written.shift, written.start
        for unit in _UNIT.finditer(self.notebook.text, written.start, written.end):
            if left <= 0:
                break
            step = min(left, len(unit.group())) if unit["plain"] else unit.end() - unit.start()
            left -= step if unit["plain"] else 1
            position = unit.start() + step
        return position


@record
class Notebook:
    """The code of a notebook; `unread` is what of it is no Python, `modules` are files that cells write."""

    code: SourceFile
    unread: tuple[Unknown, ...]
    modules: tuple[tuple[str, SourceFile], ...] = ()


def read_notebook(source: SourceFile) -> Notebook | Unreadable:
    """The code of a `.ipynb` file, or why there is none."""
    root = JsonReader(source).read()
    if isinstance(root, YamlProblem):
        return _refused(source, f"it is no JSON: {root.message} (line {root.span.line})")
    cells = _code_cells(root)
    if cells is None:
        return _refused(source, "it is no notebook: it has no list of cells")
    language = _language(root)
    if language is not None and not language.lower().startswith(("python", "ipython")):
        return _refused(source, f"its language is {language}, not Python")
    return _joined(source, [_written_lines(source, cell) for cell in cells])


def read_percent(source: SourceFile) -> Notebook | None:
    """The code of a Python file divided by `# %%`, its cells read one by one; None for any other file."""
    if not is_percent(source.text):
        return None
    lines: list[str] = []
    unread: list[Unknown] = []
    for cell in percent_cells(source.text):
        read = read_cell(cell)
        for index, reason in read.unread:
            unread.append(Unknown(reason, Span.at(source.display, len(lines) + index + 1)))
        lines += ("",) * len(cell) if read.written is not None else read.lines
    return Notebook(SourceFile(source.path, source.display, "\n".join(lines)), tuple(unread))


def _refused(source: SourceFile, reason: str) -> Unreadable:
    return Unreadable(source.path, source.display, reason)


def _entry(node: YamlNode | None, *path: str) -> YamlNode | None:
    """What stands at a path of keys."""
    for name in path:
        entries = node.entries if isinstance(node, YamlMap) else ()
        node = next((entry.node for entry in entries if entry.key == name), None)
    return node


def _text(node: YamlNode | None) -> str | None:
    return node.value if isinstance(node, YamlScalar) and isinstance(node.value, str) else None


def _language(root: YamlNode) -> str | None:
    kernel = _text(_entry(root, "metadata", "kernelspec", "language"))
    return kernel or _text(_entry(root, "metadata", "language_info", "name"))


def _code_cells(root: YamlNode) -> list[YamlMap] | None:
    """The cells with code: in one list, or before format 4 in the lists of worksheets."""
    sheets = _entry(root, "worksheets")
    parts = sheets.items if isinstance(sheets, YamlList) else (root,)
    found = [_entry(part, "cells") for part in parts]
    lists = [cells for cells in found if isinstance(cells, YamlList)]
    if len(lists) < len(parts):
        return None
    cells = [cell for entry in lists for cell in entry.items if isinstance(cell, YamlMap)]
    return [cell for cell in cells if _text(_entry(cell, "cell_type")) == "code"]


def _written_lines(source: SourceFile, cell: YamlMap) -> list[tuple[str, _Line]]:
    """The lines of a cell, each with its place; formats before 4 call its code `input`."""
    node = _entry(cell, "source") or _entry(cell, "input")
    texts = node.items if isinstance(node, YamlList) else [node]
    done: list[tuple[str, _Line]] = []
    current: tuple[str, _Line] | None = None
    for scalar in texts:
        if not isinstance(scalar, YamlScalar) or not isinstance(scalar.value, str):
            continue
        for index, (text, place) in enumerate(_lines_of(source, scalar)):
            if index and current is not None:
                done.append(current)
            # One line of code may be written in several texts of the list.
            joins = not index and current is not None and current[0]
            current = (current[0] + text, current[1]) if joins and current else (text, place)
    return [*done, current] if current is not None and current[0] else done


def _lines_of(source: SourceFile, scalar: YamlScalar) -> Iterator[tuple[str, _Line]]:
    """The lines of one text of the notebook, the last one perhaps empty."""
    start = source.offset(scalar.span.line, scalar.span.column) + 1
    end = source.offset(scalar.span.end_line, scalar.span.end_column) - 1
    for escape in _ESCAPE.finditer(source.text, start, end):
        if escape.group() in _LINE_ENDS:
            yield _decoded(source.text[start : escape.start()]), _Line(start, escape.start())
            start = escape.end()
    yield _decoded(source.text[start:end]), _Line(start, end)


def _decoded(raw: str) -> str:
    text: str = json.loads(f'"{raw}"') if "\\" in raw else raw
    return text.rstrip("\r").replace("\r", " ")


def _joined(source: SourceFile, cells: list[list[tuple[str, _Line]]]) -> Notebook:
    """All cells as one text, each line still with its place."""
    texts: list[str] = []
    places: list[_Line] = []
    unread: list[Unknown] = []
    modules: list[tuple[str, SourceFile]] = []
    for cell in cells:
        read = read_cell([text for text, _ in cell])
        own = [place for _, place in cell]
        for index, shift in read.shifts:
            own[index] = _Line(own[index].start, own[index].end, shift)
        for index, reason in read.unread:
            unread.append(Unknown(reason, source.span(own[index].start, own[index].end)))
        if read.written is not None:
            modules.append((read.written, _taken(source, read.lines, own)))
            continue
        texts += read.lines
        places += own
    return Notebook(_taken(source, texts, places), tuple(unread), tuple(modules))


def _taken(source: SourceFile, lines: tuple[str, ...] | list[str], places: list[_Line]) -> NotebookText:
    return NotebookText(source.path, source.display, "\n".join(lines), source, tuple(places))
