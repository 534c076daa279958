"""The places of a difference in, their lines side by side out, or one above the other on a narrow page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from trainlint.report.clean import one_line
from trainlint.report.excerpt import excerpt
from trainlint.report.layout import Line, Role, cells
from trainlint.source import Files, SourceFile, Span

#: Columns from which on two columns of code can be read, and those of a page without right edge.
_WIDE, _DEFAULT_WIDTH = 100, 130
#: Lines of a place that are shown.
_LINES = 6
_INDENT = "   "
_BETWEEN = "  "


def both_sides(
    reference: Span | None, candidate: Span, files: Files, width: int | None, role: Role
) -> Iterator[Line]:
    """The lines of both places; of the candidate's alone where the reference has none."""
    width = (width or _DEFAULT_WIDTH) - len(_INDENT)
    if reference is None:
        yield from _indented(_panel("candidate", candidate, files, width, role))
    elif width + len(_INDENT) < _WIDE:
        yield from _indented(_panel("reference", reference, files, width, Role.QUIET))
        yield from _indented(_panel("candidate", candidate, files, width, role))
    else:
        column = (width - len(_BETWEEN)) // 2
        left = _panel("reference", reference, files, column, Role.QUIET)
        right = _panel("candidate", candidate, files, column, role)
        for ours, theirs in zip_longest(left, right, fillvalue=()):
            yield ((_INDENT, Role.PLAIN), *_padded(ours, column), (_BETWEEN, Role.PLAIN), *theirs)


def _indented(lines: list[Line]) -> Iterator[Line]:
    return (((_INDENT, Role.PLAIN), *line) for line in lines)


def _padded(line: Line, width: int) -> Line:
    used = sum(cells(text) for text, _ in line)
    return (*line, (" " * max(0, width - used), Role.PLAIN))


def _panel(title: str, span: Span, files: Files, width: int, role: Role) -> list[Line]:
    """A side's name and place over its lines, the place marked."""
    place = f"{one_line(span.file)}:{span.line}"
    source = files.shown(span.file)
    head: Line = ((f"{title} ", Role.LABEL), (place[-max(20, width - len(title) - 1) :], Role.PLACE))
    return [head, *_code(source, span, width, role)] if source is not None else [head]


def _code(source: SourceFile, span: Span, width: int, role: Role) -> Iterator[Line]:
    """One line with marks below it, or the first lines of several."""
    if span.line == span.end_line:
        return _one_line(source, span, width, role)
    return _several(source, span, width)


def _one_line(source: SourceFile, span: Span, width: int, role: Role) -> Iterator[Line]:
    number = str(span.line)
    line = source.line_text(span.line)
    part = excerpt(line, span.column - 1, span.end_column - 1, _room(width, number))
    yield ((f"{number} │ ", Role.GUTTER), (part.text, Role.PLAIN))
    if span.column < span.end_column:
        marks = " " * part.mark_at + "^" * part.mark_width
        yield ((f"{' ' * len(number)} │ ", Role.GUTTER), (marks, role))


def _several(source: SourceFile, span: Span, width: int) -> Iterator[Line]:
    """As many lines as are shown, as far indented as they are against one another."""
    end = span.end_line if span.end_column > 1 else span.end_line - 1
    last = min(end, span.line + _LINES - 1)
    digits, lines = len(str(last)), [source.line_text(row) for row in range(span.line, last + 1)]
    common = min((_indent(line) for line in lines if line.strip()), default=0)
    for number, line in enumerate(lines, span.line):
        deeper = " " * max(0, _indent(line) - common)
        part = excerpt(line, _indent(line), len(line), max(20, _room(width, str(last)) - len(deeper)))
        yield ((f"{str(number).rjust(digits)} │ ", Role.GUTTER), (deeper + part.text, Role.PLAIN))
    if last < end:
        yield ((f"{' ' * digits} │ ", Role.GUTTER), (f"… and {end - last} more lines", Role.QUIET))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _room(width: int, number: str) -> int:
    return max(20, width - len(number) - len(" │ "))
