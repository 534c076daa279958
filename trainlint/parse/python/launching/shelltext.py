"""Texts for a shell in, the words that Python's `shlex` or a shell makes of them out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.parse.python.launching.texts import Part, part, parts_of, text_from
from trainlint.parse.shell.state import Text
from trainlint.parse.shell.text import HOLE
from trainlint.source import Span


@dataclass
class TextSource:
    """A text as the shell's scanner reads it; remembers which places it gave, to find their parts again."""

    whole: Text
    place: Span
    text: str = field(init=False)
    holes: Mapping[int, Unknown] = field(init=False)
    _starts: list[int] = field(init=False)
    _asked: dict[Span, list[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        holes: dict[int, Unknown] = {}
        self._starts, self.text = [], ""
        for piece in self.whole.parts:
            self._starts.append(len(self.text))
            if isinstance(piece, Unknown):
                holes[len(self.text)] = piece
                self.text += HOLE
            else:
                self.text += piece.replace(HOLE, "\ufffd")
        self.holes = holes

    def span(self, start: int, end: int) -> Span:
        """Where the characters are written; the first part's place where they come from several."""
        found = self.between(start, end).span
        self._asked.setdefault(found, []).append((start, end))
        return found

    def between(self, start: int, end: int) -> Text:
        """The text between two offsets, with its places."""
        found: list[Part] = []
        for begin, (piece, span) in zip(self._starts, parts_of(self.whole), strict=True):
            length = 1 if isinstance(piece, Unknown) else len(piece)
            low, high = max(start, begin), min(end, begin + length)
            if low >= high:
                continue
            if isinstance(piece, Unknown):
                found.append((piece, span))
            else:
                found += parts_of(part(Text((piece,), (span,)), low - begin, high - begin))
        return text_from(found, self.place)

    def with_parts(self, word: Word) -> Word:
        """A word that is written as it reads, with the places of its parts."""
        for start, end in self._asked.get(word.span, ()):
            if self.text[start:end] == word.raw and word.parts == (word.raw,):
                text = self.between(start, end)
                return Word(word.raw, word.span, text.parts, text.spans, word.swallowed, word.splits)
        return word


def split_words(text: Text) -> list[Text] | None:
    """`shlex.split(text)`; None when the text cannot be split. Unknown parts may be any number of words."""
    source = TextSource(text, text.span)
    try:
        pieces = shlex.split(source.text)
    except ValueError:
        return None
    found: list[Text] = []
    position = 0
    for piece in pieces:
        start = source.text.find(piece, position)
        if start < 0 or not piece:
            if HOLE in piece:
                return None
            found.append(Text((piece,), (text.span,)))
            continue
        position = start + len(piece)
        word = source.between(start, position)
        found.append(Text(word.parts, word.spans, splits=HOLE in piece))
    return found


def quoted(text: Text) -> Text:
    """`shlex.quote(text)`; an unknown part stays what it is."""
    known = text.known
    if known is None or shlex.quote(known) == known:
        return text
    return Text((shlex.quote(known),), (text.span,))
