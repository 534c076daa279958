"""Texts with places in, parts of them and texts made of them out; a stretch keeps the place it is from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.values import (
    FilePath,
    NotKnownError,
    Opaque,
    Plain,
    Value,
    python_of,
)
from trainlint.parse.shell.state import Text
from trainlint.source import Span

_WIDE = re.compile(r"\d{4}|\*")
_LONGEST = 1_000
_RUNS = re.compile(r"\s+|\S+")

Part = tuple["str | Unknown", Span]


def text_from(parts: Sequence[Part], empty: Span) -> Text:
    """A text of parts; `empty` is the place of one that has none."""
    kept = [part for part in parts if part[0] != ""]
    if not kept:
        return Text(("",), (empty,))
    return Text(tuple(part for part, _ in kept), tuple(span for _, span in kept))


def parts_of(text: Text) -> list[Part]:
    """The parts of a text with their places."""
    return list(zip(text.parts, text.spans, strict=True))


def as_text(value: Value) -> Text:
    """What `str(value)` gives."""
    if isinstance(value, Text):
        return value
    if isinstance(value, FilePath):
        return value.text
    if isinstance(value, Plain):
        return Text((str(value.constant),), (value.span,))
    if isinstance(value, Opaque):
        return Text((value.unknown,), (value.span,))
    try:
        return Text((str(python_of(value)),), (value.span,))
    except NotKnownError:
        return Text(
            (Unknown("a value is put into a text that is only known at run time", value.span),), (value.span,)
        )


def part(text: Text, start: int, end: int) -> Text:
    """Characters of a known text."""
    found: list[Part] = []
    position = 0
    for piece, span in zip(text.parts, text.spans, strict=True):
        assert isinstance(piece, str)
        low, high = max(start - position, 0), min(end - position, len(piece))
        if low < high:
            found.append((piece[low:high], _place(piece, span, low, high)))
        position += len(piece)
    return text_from(found, text.span)


def joined(separator: Text, texts: Sequence[Text], empty: Span) -> Text:
    """The texts with the separator between them."""
    found: list[Part] = []
    for index, text in enumerate(texts):
        if index:
            found += parts_of(separator)
        found += parts_of(text)
    return text_from(found, empty)


def replaced(text: Text, old: str, new: Text, count: int = -1) -> Text | None:
    """The text with each occurrence replaced, which takes the place of what it replaces.

    None when an unknown part may hold the beginning of an occurrence.
    """
    if text.known is None and (len(old) != 1 or count >= 0):
        return None
    if new.known is None or not old or len(new.known) > _LONGEST:
        return None
    if text.known is not None:
        return _replaced(text, text.known, old, new.known, count)
    found: list[Part] = []
    for piece, span in zip(text.parts, text.spans, strict=True):
        if isinstance(piece, str):
            found += parts_of(_replaced(Text((piece,), (span,)), piece, old, new.known, count))
        else:
            unknown = Unknown(piece.reason, piece.span)
            found.append((unknown, span))
    return text_from(found, text.span)


def _replaced(text: Text, known: str, old: str, new: str, count: int) -> Text:
    found: list[Part] = []
    position = 0
    while count != 0:
        start = known.find(old, position)
        if start < 0:
            break
        found += parts_of(part(text, position, start))
        found.append((new, part(text, start, start + len(old)).span))
        position, count = start + len(old), count - 1
    found += parts_of(part(text, position, len(known)))
    return text_from(found, text.span)


def is_short(spec: str) -> bool:
    """Whether a format makes no very long text of a short value."""
    return not _WIDE.search(spec)


def blank_split(text: Text) -> list[Text]:
    """`text.split()`: an unknown part may be any number of words."""
    words: list[list[Part]] = [[]]
    for piece, span in zip(text.parts, text.spans, strict=True):
        if isinstance(piece, Unknown):
            words[-1].append((piece, span))
            continue
        whole = Text((piece,), (span,))
        for found in _RUNS.finditer(piece):
            if found[0].isspace():
                words.append([])
            else:
                words[-1] += parts_of(part(whole, found.start(), found.end()))
    made = [text_from(word, text.span) for word in words if word]
    return [Text(word.parts, word.spans, splits=word.known is None) for word in made]


def mapped(text: Text, known: str) -> Text:
    """Another text of the same length, each stretch in its place."""
    found: list[Part] = []
    position = 0
    for piece, span in zip(text.parts, text.spans, strict=True):
        assert isinstance(piece, str)
        found.append((known[position : position + len(piece)], span))
        position += len(piece)
    return text_from(found, text.span)


def located(text: Text, inner: str, start: int) -> Text:
    """`inner` as the part of a text that begins at `start`."""
    return part(text, start, start + len(inner))


def _place(piece: str, span: Span, low: int, high: int) -> Span:
    if span.line != span.end_line or span.end_column - span.column != len(piece):
        return span
    return Span(span.file, span.line, span.column + low, span.line, span.column + high)
