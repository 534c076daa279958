"""The grammar of bash as data: what the reader of a script makes of its text."""

from __future__ import annotations

from collections.abc import Mapping

from trainlint.facts.launch import TextProblem
from trainlint.parse.shell.pieces import Token
from trainlint.record import record


@record
class HereDocument:
    """The lines of a here-document, as offsets; a quoted one is taken as it is written."""

    start: int
    end: int
    quoted: bool


@record
class Redirect:
    """One redirection: the file descriptor as written, the operator, the word behind it."""

    descriptor: str
    operator: str
    target: Token


@record
class Simple:
    """Words up to the end of a command.

    `glue` are the operators in and right behind it, which may touch a word that they were meant to be
    part of.
    """

    words: tuple[Token, ...]
    redirects: tuple[Redirect, ...]
    glue: tuple[Token, ...]
    start: int
    end: int


@record
class Test:
    """`[[ … ]]`: the stretch between the brackets."""

    start: int
    end: int


@record
class Arithmetic:
    """`(( … ))`: the stretch between the parentheses."""

    start: int
    end: int


@record
class Negated:
    """`! command`."""

    body: Node


@record
class Pipeline:
    """`a | b`: each part runs in a shell of its own."""

    parts: tuple[Node, ...]


@record
class AndOr:
    """`a && b || c`, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@record
class Background:
    """`a &`."""

    body: Node


@record
class Group:
    """`{ a; b; }`."""

    body: Block


@record
class Subshell:
    """`( a; b )`."""

    body: Block


@record
class If:
    """Conditions with what each leads to, and what happens when none holds."""

    arms: tuple[tuple[Block, Block], ...]
    otherwise: Block


@record
class Loop:
    """`while` or, with `until`, the opposite."""

    condition: Block
    body: Block
    until: bool
    start: int
    end: int


@record
class For:
    """`for name in words` (or over the arguments, without words); `asks` says that it is a `select`."""

    name: Token
    words: tuple[Token, ...] | None
    body: Block
    asks: bool


@record
class CountingFor:
    """`for ((a; b; c))`: the stretches of the three expressions."""

    header: tuple[tuple[int, int], ...]
    body: Block
    start: int
    end: int


@record
class Arm:
    """One arm of a `case`; `falls` says what follows it: `;&` the next body, `;;&` the next pattern."""

    patterns: tuple[Token, ...]
    body: Block
    falls: str


@record
class Case:
    """`case subject in …`."""

    subject: Token
    arms: tuple[Arm, ...]


@record
class Function:
    """`name() body`."""

    name: str
    body: Node


@record
class Redirected:
    """A compound command with redirections."""

    body: Node
    redirects: tuple[Redirect, ...]


Node = (
    Simple
    | Test
    | Arithmetic
    | Negated
    | Pipeline
    | AndOr
    | Background
    | Group
    | Subshell
    | If
    | Loop
    | For
    | CountingFor
    | Case
    | Function
    | Redirected
)
Block = tuple[Node, ...]


@record
class Comment:
    """A comment; `cuts` says that the line above ends in a backslash, meant to lead past it."""

    start: int
    end: int
    cuts: bool


@record
class Refusal:
    """What bash would not read on at; `met` is how far it has read then, the stretch what is to blame."""

    message: str
    start: int
    end: int
    met: int


@record
class Parsed:
    """A text as bash reads it.

    `documents` are the here-documents by the offset of their redirection's word. Of several `refusals`
    bash meets only the first; `problems` are quotes and brackets that it would stop at. With `too_deep`,
    the text behind the deepest nesting was not read.
    """

    body: Block
    documents: Mapping[int, HereDocument]
    comments: tuple[Comment, ...]
    refusals: tuple[Refusal, ...]
    problems: tuple[TextProblem, ...]
    too_deep: bool


def ends_compound(node: Node) -> bool:
    """Whether a statement ends with `]]`, `fi`, `}` or the like, behind which bash needs no `;`."""
    while isinstance(node, (AndOr, Pipeline, Negated)):
        if isinstance(node, AndOr):
            node = node.rest[-1][1]
        else:
            node = node.parts[-1] if isinstance(node, Pipeline) else node.body
    return not isinstance(node, (Simple, Redirected))
