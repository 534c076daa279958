"""What the scanner makes of shell text: tokens, and the pieces that a word is written in."""

from __future__ import annotations

from enum import Enum

from trainlint.facts.launch import TextProblem
from trainlint.facts.value import Unknown
from trainlint.record import record


@record
class Literal:
    """Text as the shell reads it; an unquoted one may still hold braces, a tilde or a file name pattern.

    `start` and `end` are where it is written; quotes around it do not count, a backslash in it does.
    """

    text: str
    quoted: bool
    start: int
    end: int


@record
class Parameter:
    """`$name` or `${name<operator><operand>}`; an operator we do not evaluate is "?!"."""

    name: str
    operator: str
    operand: str
    quoted: bool
    start: int
    end: int


@record
class Opaque:
    """What only the run, an outer shell or the writer knows; `whole` says that it is exactly one stretch."""

    unknown: Unknown
    quoted: bool
    start: int
    end: int


Piece = Literal | Parameter | Opaque


class TokenKind(Enum):
    """The kinds of token of a command line."""

    WORD = "word"
    OPERATOR = "operator"
    REDIRECT = "redirect"
    COMMENT = "comment"


@record
class Token:
    """One token; `pieces` is empty for a plain word, whose text is exactly what is written."""

    kind: TokenKind
    text: str
    start: int
    end: int
    pieces: tuple[Piece, ...] = ()


@record
class Scan:
    """The tokens of a stretch of text and the places where bash could not read it.

    `unclosed` says that a quote or bracket is still open at the end.
    """

    tokens: tuple[Token, ...]
    problems: tuple[TextProblem, ...]
    unclosed: bool
