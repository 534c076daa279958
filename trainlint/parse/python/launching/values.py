"""What a variable of a launcher can hold: texts remember where each part of them is written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from trainlint.facts.value import Unknown
from trainlint.parse.python.scope import Function
from trainlint.parse.shell.state import Text
from trainlint.record import record
from trainlint.source import Span

if TYPE_CHECKING:
    from trainlint.parse.python.launching.frame import Frame

_MOST_PARTS = 5_000
_LONGEST = 50_000

Constant = int | float | complex | bool | bytes | None


@record
class Plain:
    """A number, a boolean, None, or bytes."""

    constant: Constant
    span: Span


@record
class FilePath:
    """A `Path`."""

    text: Text

    @property
    def span(self) -> Span:
        """Where its text is written."""
        return self.text.span


@record
class Opaque:
    """What only the run knows; the same `key` is the same value on one way through the program.

    `free` says that the user or the machine chooses it, whatever else the program does.
    """

    unknown: Unknown
    key: Hashable
    free: bool = False

    @property
    def span(self) -> Span:
        """Where it comes from."""
        return self.unknown.span


@record
class Rest:
    """Any number of unknown elements in a list."""

    unknown: Unknown

    @property
    def span(self) -> Span:
        """Where they come from."""
        return self.unknown.span


@dataclass(eq=False, slots=True)
class Items:
    """A list, tuple or set."""

    elements: list[Value | Rest]
    kind: str
    span: Span
    name: str | None = None

    @property
    def known(self) -> list[Value] | None:
        """The elements when their number is known."""
        found = [element for element in self.elements if not isinstance(element, Rest)]
        return found if len(found) == len(self.elements) else None


@dataclass(eq=False, slots=True)
class Table:
    """A dict; one that is `open` may hold more keys than are listed."""

    entries: dict[Hashable, tuple[Value, Value]]
    span: Span
    open: Unknown | None = None
    name: str | None = None

    def entry_span(self, key: Hashable) -> Span:
        """Where an entry is written, from its key to the end of its value."""
        shown, value = self.entries[key]
        start, end = shown.span, value.span
        if start.file != end.file or (start.line, start.column) > (end.line, end.column):
            return start
        return Span(start.file, start.line, start.column, end.end_line, end.end_column)


@record
class Library:
    """A name that other people's code defines: `subprocess.run`."""

    name: str
    span: Span


@record
class Code:
    """A function of the project, with the frame it was defined in."""

    node: Function | ast.Lambda
    frame: Frame = field(compare=False, repr=False)
    bound: Value | None = None

    @property
    def span(self) -> Span:
        """Where it is defined."""
        return self.frame.place(self.node)


@record
class Blueprint:
    """A class of the project."""

    node: ast.ClassDef
    frame: Frame = field(compare=False, repr=False)

    @property
    def span(self) -> Span:
        """Where it is defined."""
        return self.frame.place(self.node)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the project; `closed` says that it has no attribute that is not listed."""

    blueprint: Blueprint
    attributes: dict[str, Value]
    span: Span


@record
class Method:
    """A method of a built-in value: `cmd.append`."""

    owner: Value
    name: str
    span: Span


@record
class Native:
    """A function that is modelled here and has a state of its own: `parser.add_argument`."""

    call: Callable[[Call], Value]
    span: Span


@dataclass(eq=False, slots=True)
class Modelled:
    """An object of a library that is modelled here: each attribute is found out when it is read."""

    read: Callable[[str], Value | None]
    names: Callable[[], tuple[str, ...]]
    span: Span
    attributes: dict[str, Value] = field(default_factory=dict)


Value = (
    Text
    | Plain
    | FilePath
    | Opaque
    | Items
    | Table
    | Library
    | Code
    | Blueprint
    | Instance
    | Method
    | Native
    | Modelled
)


@record
class Call:
    """A call with its arguments; `words` without a name hold what `**x` may add."""

    node: ast.Call
    frame: Frame
    name: str
    values: tuple[Value | Rest, ...]
    words: Mapping[str, Value]
    more: Unknown | None
    span: Span

    def argument(self, name: str, position: int | None = None) -> Value | None:
        """The argument for a parameter; None when it is not given."""
        if name in self.words:
            return self.words[name]
        if position is None or position >= len(self.values):
            return None
        before = self.values[: position + 1]
        if any(isinstance(value, Rest) for value in before):
            return self.unknown()
        value = before[-1]
        return None if isinstance(value, Rest) else value

    def unknown(self, reason: str = "is only known at run time") -> Opaque:
        """The result when it cannot be told."""
        return self.frame.opaque(self.node, reason)


class NotKnownError(Exception):
    """A value is not known as a whole."""


def python_of(value: Value | Rest) -> object:
    """The Python object that a value stands for; raises NotKnownError."""
    return _python_of(value, [_MOST_PARTS])


def _python_of(value: Value | Rest, left: list[int]) -> object:
    left[0] -= 1
    if left[0] < 0:
        raise NotKnownError
    if isinstance(value, Plain):
        return value.constant
    if isinstance(value, Text):
        if value.known is None:
            raise NotKnownError
        return value.known
    if isinstance(value, FilePath):
        return PurePosixPath(str(_python_of(value.text, left)))
    if isinstance(value, Items):
        made = [_python_of(element, left) for element in value.elements]
        return tuple(made) if value.kind == "tuple" else set(made) if value.kind == "set" else made
    if isinstance(value, Table) and value.open is None:
        return {key: _python_of(entry, left) for key, (_, entry) in value.entries.items()}
    raise NotKnownError


def is_huge(value: Value) -> bool:
    """Whether a text or list is longer than any that belongs into a command."""
    if isinstance(value, Text):
        length = sum(len(part) for part in value.parts if isinstance(part, str))
        return len(value.parts) > _MOST_PARTS or length > _LONGEST
    return isinstance(value, Items) and len(value.elements) > _MOST_PARTS


def key_of(value: Value) -> Hashable:
    """What a value is as the key of a dict; raises NotKnownError."""
    if isinstance(value, Items | Table):
        if isinstance(value, Items) and value.kind == "tuple":
            return tuple(key_of(element) for element in value.known or _fail())
        raise NotKnownError
    made = python_of(value)
    assert isinstance(made, Hashable)
    return made


def value_of(made: object, span: Span) -> Value | None:
    """A Python object as a value that is written at one place."""
    if isinstance(made, str):
        return Text((made,), (span,))
    if made is None or isinstance(made, int | float | complex | bytes):
        return Plain(made, span)
    if isinstance(made, list | tuple):
        parts = [value_of(element, span) for element in made]
        if any(part is None for part in parts):
            return None
        return Items([part for part in parts if part is not None], type(made).__name__, span)
    return None


def type_name(value: Value) -> str | None:
    """The name of the type of a value; None when it is not known."""
    if isinstance(value, Plain):
        return type(value.constant).__name__
    if isinstance(value, Items):
        return value.kind
    names: dict[type, str] = {Text: "str", Table: "dict", FilePath: "PosixPath"}
    return names.get(type(value))


def within(inner: Span, outer: Span) -> bool:
    """Whether one place is part of another."""
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    ends = (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    return inner.file == outer.file and starts and ends


def text_spans(value: Value | Rest) -> Iterator[Span]:
    """The places of the parts of a value."""
    if isinstance(value, Text):
        yield from value.spans
    elif isinstance(value, FilePath):
        yield from value.text.spans
    else:
        yield value.span


def _fail() -> list[Value]:
    raise NotKnownError
