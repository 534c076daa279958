"""Names and spans in, the pieces of sentences and edits that rules share out."""

from __future__ import annotations

from collections.abc import Iterable

from trainlint.source import Span


def listed(names: Iterable[str], limit: int = 8) -> str:
    """Names in backticks, with commas; past the limit only their count."""
    names = list(names)
    shown = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def or_nearest(name: str | None) -> str:
    """The tail of a sentence that points to the nearest name, empty when there is none."""
    return f"; the nearest is `{name}`" if name else ""


def written_at(span: Span, text: str) -> Span | None:
    """Where exactly `text` stands inside a span, bare or in one pair of quotes; None when unclear.

    Rules do not read files, so the width of the span has to tell.
    """
    if span.line != span.end_line or not text.isprintable():
        return None
    width = span.end_column - span.column
    if width == len(text):
        return span
    if width == len(text) + 2:
        return Span(span.file, span.line, span.column + 1, span.line, span.end_column - 1)
    return None
