"""Texts and places in, pieces of Markdown out that show them as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.regex import regex
from trainlint.report.clean import one_line, printable
from trainlint.source import Files, Span

_BACKTICKS = regex(r"`+")
_LANGUAGES = {".py": "python", ".ipynb": "python", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml"}
#: Lines of a place that are shown.
_LINES = 12


def code(text: str) -> str:
    """A text as code in a line, whatever backticks it holds."""
    text = one_line(text)
    fence = "`" * (_longest(text) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def row(*columns: str) -> str:
    """A row of a table."""
    cells = (column.replace("|", "\\|") for column in columns)
    return f"| {' | '.join(cells)} |"


def excerpt_block(span: Span, files: Files) -> Iterator[str]:
    """The lines of a place as a block, without what they are indented in common."""
    lines = lines_of(span, files)
    if not any(line.strip() for line in lines):
        return
    text = "\n".join(lines)
    fence = "`" * max(3, _longest(text) + 1)
    suffix = re.search(r"\.\w+", span.file.rpartition("/")[2])
    yield f"{fence}{_LANGUAGES.get(suffix.group() if suffix else '', '')}\n{text}\n{fence}"


def lines_of(span: Span, files: Files) -> list[str]:
    """The lines of a place, the first of them where there are many."""
    source = files.shown(span.file)
    if source is None:
        return []
    end = span.end_line if span.end_column > 1 or span.end_line == span.line else span.end_line - 1
    last = min(end, span.line + _LINES - 1)
    lines = [printable(source.line_text(number).expandtabs(4)) for number in range(span.line, last + 1)]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[indent:].rstrip() for line in lines] + (["…"] if last < end else [])


def _longest(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
