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
class Stretch:
    """Text inside a piece that is expanded when the piece is, as offsets in its source."""

    start: int
    end: int


@record
class Parameter:
    """`$name` or `${name[subscript]<operator><operand>}`; `prefix` is "#" for a length, "!" for indirection.

    `name` may also be a number or a special parameter: `1`, `@`, `#`.
    """

    name: str
    prefix: str
    subscript: Stretch | None
    operator: str
    operand: Stretch
    quoted: bool
    start: int
    end: int


@record
class Output:
    """The output of commands: `$(…)` or backquotes around `inner`."""

    inner: Stretch
    quoted: bool
    start: int
    end: int


@record
class Arithmetic:
    """The result of the expression `inner`: `$((…))`."""

    inner: Stretch
    quoted: bool
    start: int
    end: int


@record
class Elements:
    """The elements between the brackets of `name=(…)`."""

    inner: Stretch
    quoted: bool
    start: int
    end: int


@record
class Opaque:
    """What only the run, an outer shell or the writer knows."""

    unknown: Unknown
    quoted: bool
    start: int
    end: int


Piece = Literal | Parameter | Output | Arithmetic | Elements | Opaque


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
