"""What a variable can hold as far as following the command line needs it; what is not known is None."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from trainlint.chain.arguments.builder import CommandsBuilder, Draft, ExclusiveDraft, ParserBuilder
from trainlint.facts.module import ModuleFacts
from trainlint.parse.python.scope import Function
from trainlint.record import record
from trainlint.source import Span


@record
class Constant:
    """A value that the text gives: a text, a number, None, or a collection of such."""

    value: object
    span: Span = field(compare=False)


@dataclass(slots=True, eq=False)
class Items:
    """A list or tuple of which not every item is a constant."""

    items: tuple[Value | None, ...]


@dataclass(slots=True, eq=False)
class Pairs:
    """A dict whose keys are known and whose values may be anything; `of_file` if a file holds it."""

    pairs: dict[object, Value | None]
    span: Span
    of_file: bool = False


@dataclass(slots=True, eq=False)
class Described:
    """An object of a library of which some attributes are known."""

    attributes: dict[str, Value | None]


@record
class Library:
    """Something outside the project, by its full name."""

    name: str


@record
class Made:
    """What a function of a library gave back."""

    name: str


@record
class Place:
    """A path of the disk."""

    path: str


@record
class Opened:
    """A file that is open for reading, or the text of it."""

    path: str


@record
class OwnModule:
    """A module of the project."""

    facts: ModuleFacts = field(compare=False)


@dataclass(slots=True, eq=False)
class Closure:
    """A function of the project with the variables around it and, for a method, its object."""

    module: ModuleFacts
    node: Function | ast.Lambda
    around: dict[str, Value | None] | None = None
    bound: Value | None = None
    owner: Class | None = None


@dataclass(slots=True, eq=False)
class Class:
    """A class of the project with what its body defines; `variables` are those around it."""

    module: ModuleFacts
    node: ast.ClassDef
    attributes: dict[str, Value | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Instance:
    """An object of a class of the project with the attributes that were set on it."""

    owner: Class
    attributes: dict[str, Value | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Parser:
    """An argument parser; `owner` is the class of the project that it is an object of."""

    builder: ParserBuilder
    owner: Class | None = None


@record
class Super:
    """`super()`: an object seen as one of the classes behind `owner`."""

    bound: Parser | Instance
    owner: Class


@dataclass(slots=True, eq=False)
class Group:
    """A group of a parser's arguments; `exclusive` when only one of them may be given."""

    builder: ParserBuilder
    exclusive: ExclusiveDraft | None = None


@dataclass(slots=True, eq=False)
class Groups:
    """The list of a parser's groups, which people reorder."""

    builder: ParserBuilder


@record
class Commands:
    """What `add_subparsers` gives."""

    builder: CommandsBuilder


@record
class Added:
    """What `add_argument` gives."""

    draft: Draft


@record
class Method:
    """A method of a parser, a group or subcommands, not called yet."""

    owner: Parser | Group | Groups | Commands
    name: str


@record
class Parsed:
    """The result of parsing; nothing is known of the values."""


@record
class Loaded:
    """What a file holds, or something in it; nothing is known of it."""


@record
class Argv:
    """The command line without its first `skip` words; the script's name is the first word."""

    skip: int


@record
class Rest:
    """What one parse of the command line left."""

    use: int


@record
class Headed:
    """A list of one word with the rest of a command line behind it: what `sys.argv` looks like."""

    rest: Argv | Rest


Value = (
    Constant
    | Items
    | Pairs
    | Described
    | Library
    | Made
    | Place
    | Opened
    | OwnModule
    | Closure
    | Class
    | Instance
    | Parser
    | Super
    | Group
    | Groups
    | Commands
    | Added
    | Method
    | Parsed
    | Loaded
    | Argv
    | Rest
    | Headed
)
