"""A word of a command in, the token that an argument parser sees out, as far as it is known."""

from __future__ import annotations

from trainlint.facts.launch import Word
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Span

#: How a synopsis begins what may be left out: `[--token TOKEN]` is a description, no argument.
_SYNOPSIS = ("[-", "[<")


@record
class Token:
    """One argument: `text` is None when part of it is unknown, `prefix` the literal text in front of that.

    `loose` says that it may be any number of arguments of any kind, `behind_dashes` that it stands behind
    `--`, where nothing is an option.
    """

    word: Word
    text: str | None
    prefix: str
    loose: bool = False
    behind_dashes: bool = False

    def span(self, start: int, end: int) -> Span:
        """Where characters of the known beginning are written."""
        return self.word.span_of(start, end)

    @property
    def shown(self) -> str:
        """The text, or what is written where it is not known."""
        return self.word.raw if self.text is None else self.text


def tokens(words: tuple[Word, ...], from_file: str = "") -> tuple[Token, ...]:
    """The arguments of a command in order; those that begin with `from_file` stand for a file of more."""
    texts = [word.text for word in words]
    dashes = [index for index, text in enumerate(texts) if isinstance(text, Known) and text.value == "--"]
    end = dashes[0] if dashes else len(words)
    found = tuple(_token(word, behind=index > end) for index, word in enumerate(words))
    if not from_file:
        return found
    return tuple(_loosened(token) if token.prefix[:1] in from_file else token for token in found)


def _loosened(token: Token) -> Token:
    """An argument that stands for any number of others; the empty one stands for itself."""
    return Token(token.word, None, "", loose=True) if token.prefix else token


def _token(word: Word, *, behind: bool) -> Token:
    text = word.text
    if isinstance(text, Known) and text.value.startswith(_SYNOPSIS):
        return Token(word, None, "", loose=True, behind_dashes=behind)
    if isinstance(text, Known):
        return Token(word, text.value, text.value, behind_dashes=behind)
    loose = word.splits and all(isinstance(part, Unknown) for part in word.parts)
    return Token(word, None, word.literal_prefix, loose, behind)
