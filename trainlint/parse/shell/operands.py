"""Text inside a word or a here-document in, its pieces out: blanks and operators are only text there."""

from __future__ import annotations

from trainlint.parse.shell.pieces import Literal, Piece
from trainlint.parse.shell.scanner import Scanner
from trainlint.parse.shell.text import ShellText
from trainlint.regex import regex

_RUN = regex(r"[^'\"\\$`\0]+")


def scan_operand(source: ShellText, start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of a word inside `${…}`: blanks and operators are ordinary characters there."""
    return tuple(_Operand(source, start, end).unquoted())


def scan_quoted(source: ShellText, start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of text that is read as if between double quotes, in which quotes drop out."""
    return tuple(_Operand(source, start, end).quoted())


def scan_here(source: ShellText, start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of the body of a here-document: only `$`, backquotes and backslashes mean something."""
    return tuple(_Operand(source, start, end).here())


class _Operand(Scanner):
    """Reads a stretch to its end, by one of three rules."""

    def unquoted(self) -> list[Piece]:
        """The pieces of everything, as the unquoted word of a parameter."""
        pieces: list[Piece] = []
        while self.position < self.end:
            start = self.position
            if run := _RUN.match(self.text, start, self.end):
                self.position = run.end()
                pieces.append(Literal(run.group(), False, start, run.end()))
            else:
                pieces += self.unquoted_step(pieces)
        return pieces

    def quoted(self) -> list[Piece]:
        """The pieces of everything, as the word of a parameter between double quotes."""
        pieces: list[Piece] = []
        while self.position < self.end:
            if self.text[self.position] == '"':
                pieces += self.double_quoted([])
            else:
                pieces += self.quoted_step('$`"\\}')
        return pieces

    def here(self) -> list[Piece]:
        """The pieces of everything, as the body of a here-document."""
        pieces: list[Piece] = []
        while self.position < self.end:
            start = self.position
            if self.text[start] == '"':
                self.position += 1
                pieces.append(Literal('"', True, start, start + 1))
            else:
                pieces += self.quoted_step("$`\\")
        return pieces
