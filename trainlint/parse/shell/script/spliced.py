"""A text put together from parts of several places in, shell text that knows each place out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.value import Unknown
from trainlint.parse.shell.state import Text
from trainlint.parse.shell.text import HOLE, part_text
from trainlint.source import Span


@dataclass
class SplicedText:
    """The text of a value that a shell reads again (`eval`, here-documents); `whole` is where it is used."""

    value: Text
    whole: Span
    text: str = field(init=False)
    holes: Mapping[int, Unknown] = field(init=False)
    _offsets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._offsets, holes, position = [], {}, 0
        texts = []
        for part in self.value.parts:
            self._offsets.append(position)
            if isinstance(part, Unknown):
                holes[position] = part
            texts.append(HOLE if isinstance(part, Unknown) else part.replace(HOLE, "\ufffd"))
            position += len(texts[-1])
        self.text = "".join(texts)
        self.holes = holes

    def span(self, start: int, end: int) -> Span:
        """Where the characters are written; where the text is used when that is not clear."""
        first, last = self._place(start), self._place(max(end - 1, start))
        if first is None or last is None or first.file != last.file:
            return self.whole
        if (first.line, first.column) > (last.line, last.column):
            return self.whole
        return Span(first.file, first.line, first.column, last.end_line, last.end_column)

    def _place(self, offset: int) -> Span | None:
        """The place of one character that is written as it reads, lines included."""
        index = bisect_right(self._offsets, offset) - 1
        part, span = part_text(self.value.parts[index]), self.value.spans[index]
        if isinstance(self.value.parts[index], Unknown):
            return span
        breaks = part.count("\n")
        indent = span.column if not breaks else 1
        if span.end_line - span.line != breaks or span.end_column != indent + len(part) - (
            part.rfind("\n") + 1
        ):
            return None
        before = part[: offset - self._offsets[index]]
        line = span.line + before.count("\n")
        column = (span.column if line == span.line else 1) + len(before) - (before.rfind("\n") + 1)
        return Span(span.file, line, column, line, column + 1)
