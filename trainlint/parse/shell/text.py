"""A stretch of shell text and where each of its characters is written: the scanner's input."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.record import record, state
from trainlint.source import SourceFile, Span

#: Stands in a ShellText for a stretch whose text only an outer shell knows.
HOLE = "\0"


class ShellText(Protocol):
    """Text to scan; `holes` maps the offset of a HOLE to what is unknown there."""

    @property
    def text(self) -> str:
        """The whole text."""

    @property
    def holes(self) -> Mapping[int, Unknown]:
        """What stands behind each HOLE."""

    def span(self, start: int, end: int) -> Span:
        """Where the characters `start` to `end` are written."""


@state
class FileText:
    """The text of a file; remembers the line it was last asked about, since words come in order."""

    source: SourceFile
    text: str = field(init=False)
    holes: Mapping[int, Unknown] = field(default_factory=dict)
    _line: int = 1
    _start: int = 0
    _end: int = -1

    def __post_init__(self) -> None:
        self.text = self.source.text.replace(HOLE, "\ufffd")

    def span(self, start: int, end: int) -> Span:
        """Where the characters `start` to `end` are written."""
        if not self._start <= start < self._end:
            self._move(start)
        if end <= self._end:
            line, shift = self._line, 1 - self._start
            return Span(self.source.display, line, start + shift, line, end + shift)
        return self.source.span(start, end)

    def _move(self, offset: int) -> None:
        starts = self.source.line_starts
        self._line = bisect_right(starts, offset)
        self._start = starts[self._line - 1]
        self._end = starts[self._line] if self._line < len(starts) else len(self.text)


@record
class WordText:
    """The text inside a word that an inner shell reads again (`bash -c "…"`, `sbatch --wrap "…"`)."""

    word: Word
    text: str
    holes: Mapping[int, Unknown]
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, word: Word, skip: int = 0) -> WordText:
        """The text of a word without its first `skip` characters; unknown parts become holes."""
        text, holes, offsets = "", {}, []
        for part in word.parts:
            offsets.append(len(text) - skip)
            if isinstance(part, Unknown):
                holes[len(text) - skip] = part
                text += HOLE
            else:
                text += part.replace(HOLE, "\ufffd")
        return cls(word, text[skip:], holes, tuple(offsets))

    def span(self, start: int, end: int) -> Span:
        """Where the characters are written; the whole word where quotes or escapes stand between."""
        index = bisect_right(self.offsets, start) - 1
        part, span = self.word.parts[index], self.word.spans[index]
        shift = start - self.offsets[index]
        one_line = span.line == span.end_line and span.end_column - span.column == len(part_text(part))
        if not one_line or shift + end - start > len(part_text(part)):
            return self.word.span
        column = span.column + shift
        return Span(span.file, span.line, column, span.line, column + end - start)


def part_text(part: str | Unknown) -> str:
    """The text of a part; a HOLE for an unknown one."""
    return HOLE if isinstance(part, Unknown) else part
