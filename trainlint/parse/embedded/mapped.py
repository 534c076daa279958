"""Pieces of a file in, one text to read as shell out that still knows where each character is written."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.value import Unknown
from trainlint.parse.shell.text import HOLE
from trainlint.record import record
from trainlint.source import SourceFile, Span


@record
class Piece:
    """A run of a text and where it is written; an exact one character for character.

    `anchor` is the place in the embedded text itself that stands for the piece: `$(ARGS)` for what the
    variable holds, which is written elsewhere.
    """

    start: int
    source_start: int
    source_end: int
    exact: bool
    anchor: tuple[int, int]


@record
class MappedText:
    """A text put together from pieces of a file."""

    source: SourceFile
    text: str
    holes: Mapping[int, Unknown]
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where the characters are written: exactly, or else around what they come from."""
        return self.source.span(*self.place(start, end))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The same as offsets in the file."""
        if not self.pieces:
            return 0, 0
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = max(bisect_right(self.starts, max(end - 1, start)) - 1, first)
        head, tail = self.pieces[first], self.pieces[last]
        if first == last:
            return _within(head, start, end)
        begin = _within(head, start, start)[0] if _is_in_place(head) else head.anchor[0]
        finish = _within(tail, end, end)[1] if _is_in_place(tail) else tail.anchor[1]
        return begin, max(begin, finish)

    @property
    def known(self) -> str | None:
        """The text when nothing in it is unknown."""
        return None if self.holes else self.text


def _within(piece: Piece, start: int, end: int) -> tuple[int, int]:
    if not piece.exact:
        return piece.source_start, piece.source_end
    shift = piece.source_start - piece.start
    return min(start + shift, piece.source_end), min(end + shift, piece.source_end)


def _is_in_place(piece: Piece) -> bool:
    return piece.exact and piece.anchor[0] == piece.source_start


@dataclass
class Assembly:
    """Collects the pieces of one text in order."""

    source: SourceFile
    length: int = 0
    _texts: list[str] = field(default_factory=list)
    _holes: dict[int, Unknown] = field(default_factory=dict)
    _pieces: list[Piece] = field(default_factory=list)

    def fits(self, length: int, pieces: int) -> bool:
        """Whether fewer characters and fewer pieces than these have been collected."""
        return self.length < length and len(self._pieces) < pieces

    def copy(self, start: int, end: int) -> None:
        """The characters of the file as they are."""
        if start < end:
            self._add(self.source.text[start:end].replace(HOLE, "\ufffd"), start, end, True, (start, end))

    def replace(self, text: str, start: int, end: int) -> None:
        """Other characters in the place of those of the file."""
        if text:
            self._add(text.replace(HOLE, "\ufffd"), start, end, False, (start, end))

    def hole(self, unknown: Unknown, start: int, end: int) -> None:
        """Characters of the file whose meaning only the run knows."""
        self._holes[self.length] = unknown
        self._add(HOLE, start, end, False, (start, end))

    def insert(self, other: MappedText, start: int, end: int) -> None:
        """Another text, written elsewhere, that stands here by a name written at `start` to `end`.

        What is unknown in it is placed here: the Unknown tells itself where it comes from.
        """
        shift = self.length
        self._holes |= {offset + shift: unknown for offset, unknown in other.holes.items()}
        for piece in other.pieces:
            place = (start, end) if piece.start in other.holes else (piece.source_start, piece.source_end)
            self._pieces.append(Piece(piece.start + shift, *place, piece.exact, (start, end)))
        self._texts.append(other.text)
        self.length += len(other.text)

    def splice(self, other: MappedText, start: int, end: int) -> None:
        """A stretch of another text with the places that it has."""
        if start >= end:
            return
        shift = self.length - start
        for offset, unknown in other.holes.items():
            if start <= offset < end:
                self._holes[offset + shift] = unknown
        first = max(bisect_right(other.starts, start) - 1, 0)
        for piece in other.pieces[first : bisect_left(other.starts, end)]:
            cut = max(start - piece.start, 0) if piece.exact else 0
            anchor = piece.anchor if not _is_in_place(piece) else (piece.source_start + cut, piece.source_end)
            self._pieces.append(
                Piece(
                    max(piece.start, start) + shift,
                    piece.source_start + cut,
                    piece.source_end,
                    piece.exact,
                    anchor,
                )
            )
        self._texts.append(other.text[start:end])
        self.length += end - start

    def text(self) -> MappedText:
        """What has been collected."""
        pieces = tuple(self._pieces)
        starts = tuple(piece.start for piece in pieces)
        return MappedText(self.source, "".join(self._texts), dict(self._holes), pieces, starts)

    def _add(self, text: str, start: int, end: int, exact: bool, anchor: tuple[int, int]) -> None:
        last = self._pieces[-1] if self._pieces else None
        if exact and last is not None and _is_in_place(last) and last.source_end == start:
            merged = Piece(last.start, last.source_start, end, True, (last.source_start, end))
            self._pieces[-1] = merged
        else:
            self._pieces.append(Piece(self.length, start, end, exact, anchor))
        self._texts.append(text)
        self.length += len(text)
