"""The state of a launcher while it is followed: what it has started, and the names that are visible."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from trainlint.facts.launch import TableEntryError
from trainlint.facts.module import ModuleFacts
from trainlint.facts.value import Unknown
from trainlint.facts.value import Value as Leaf
from trainlint.parse.python.launching.notes import Notes
from trainlint.parse.python.launching.route import Route
from trainlint.parse.python.launching.values import (
    Call,
    Code,
    Instance,
    Items,
    Opaque,
    Plain,
    Rest,
    Table,
    Value,
    within,
)
from trainlint.parse.shell.state import Text
from trainlint.record import record
from trainlint.source import Files, Span

#: How deep calls may be nested.
MAX_DEPTH = 40


@record
class Entry:
    """An entry of a table that this way through the program has chosen."""

    table: str | None
    key: str
    span: Span


@record
class Start:
    """A program that is started: its words, or the text that a shell reads."""

    words: tuple[Text | Rest, ...]
    shell: bool
    place: Span
    directory: Leaf[Path]
    exported: Mapping[str, Leaf[str]]


class Raised(Exception):  # noqa: N818 - a signal of the program that is followed, no error of ours
    """The program raises; `fault` when a value of a table makes it do so."""

    def __init__(self, kind: str, fault: TableEntryError | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.fault = fault


class Returned(Exception):  # noqa: N818 - a signal, no error
    """`return`."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class LoopLeft(Exception):  # noqa: N818 - a signal, no error
    """`break`, or `continue` when `again`."""

    def __init__(self, again: bool) -> None:
        super().__init__()
        self.again = again


class Machine(Protocol):
    """What follows the program."""

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression."""

    def block(self, body: list[ast.stmt], frame: Frame) -> None:
        """Follow statements."""

    def call(self, called: Value, call: Call) -> Value:
        """The result of a call."""

    def call_of(self, node: ast.Call, frame: Frame, called: Value) -> Call:
        """A call with its arguments evaluated."""


@dataclass
class Run:
    """One way through a program, and what it has done so far."""

    files: Files
    directory: Path
    route: Route
    machine: Machine
    environment: Table
    folder: Leaf[Path]
    module_named: Callable[[str, ModuleFacts], Frame | None]
    notes: Notes
    starts: list[Start] = field(default_factory=list)
    faults: list[TableEntryError] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    named: list[Items | Table] = field(default_factory=list)
    kept: dict[int, object] = field(default_factory=dict)
    bound: dict[Hashable, Value] = field(default_factory=dict)
    compared: dict[Hashable, list[tuple[ast.cmpop, object, bool]]] = field(default_factory=dict)
    entered: set[ast.AST] = field(default_factory=set)
    changed: list[Items | Table | Instance] = field(default_factory=list)
    free: bool = True
    _fresh: int = 0

    def fresh(self) -> int:
        """A number that no other value has."""
        self._fresh += 1
        return self._fresh

    def decide(self, key: Hashable, free: bool, site: ast.AST) -> bool:
        """A condition that only the run knows; the usual way is the first one, True."""
        if self.route.decided(key) is None:
            self.free &= free
        return self.route.choose(key, 2, site=site) == 0

    def resolved(self, value: Value) -> Value:
        """A value with what has been decided about it."""
        seen = 0
        while isinstance(value, Opaque) and value.key in self.bound and seen < MAX_DEPTH:
            value, seen = self.bound[value.key], seen + 1
        return value

    def number(self, value: object) -> int:
        """What tells an object from all others of this run."""
        self.kept[id(value)] = value
        return id(value)

    def choose_entry(self, span: Span) -> None:
        """Note that the program now works on the entry of a table in which something is written."""
        if any(within(span, entry.span) for entry in self.entries[-1:]):
            return
        self.entries.append(self._entry_at(span) or Entry(None, "", span))

    def _entry_at(self, span: Span) -> Entry | None:
        for table in self.named:
            if not within(span, table.span):
                continue
            if isinstance(table, Items):
                places = {str(index): element.span for index, element in enumerate(table.elements)}
            else:
                places = {str(key): table.entry_span(key) for key in table.entries}
            for key, place in places.items():
                if within(span, place):
                    return Entry(table.name, key, place)
        return None

    def entry_of(self, span: Span) -> Entry | None:
        """The chosen entry in which something is written, the last one chosen if there are several."""
        return next((entry for entry in reversed(self.entries) if within(span, entry.span)), None)

    def raised(self, kind: str, message: str, span: Span, runtime: str, subject: str | None = None) -> Raised:
        """An exception that known values cause; a fault when they stand in an entry of a table.

        `message` goes on after the name of the value: its key in the table, else `subject`.
        """
        entry = self.entry_of(span)
        if entry is None or entry.table is None:
            return Raised(kind)
        name = self._key_at(span, entry) or subject
        whole = f"{f'`{name}`' if name else 'it'} {message}"
        return Raised(kind, TableEntryError(entry.table, entry.key, whole, runtime, self.free, span))

    def _key_at(self, span: Span, entry: Entry) -> str | None:
        """The innermost key, inside an entry, of the value that stands at a place."""
        found, pending = None, [table for table in self.named if within(entry.span, table.span)]
        seen: set[int] = set()
        while pending:
            table = pending.pop()
            if id(table) in seen:
                continue
            seen.add(id(table))
            if isinstance(table, Items):
                pending += [inner for inner in table.elements if isinstance(inner, Items | Table)]
                continue
            for key, (shown, value) in table.entries.items():
                if within(span, value.span) and within(shown.span, entry.span):
                    found = str(key) if shown.span != entry.span else found
                if isinstance(value, Items | Table) and within(span, value.span):
                    pending.append(value)
        return None if found == entry.key else found


@dataclass
class Frame:
    """The names of a function or module; `globals` are names that belong to the module."""

    run: Run
    module: ModuleFacts
    variables: dict[str, Value] = field(default_factory=dict)
    outer: Frame | None = None
    depth: int = 0
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    lookup: Callable[[str], Value | None] | None = None
    yielded: Items | None = None
    function: Code | None = None

    @property
    def top(self) -> Frame:
        """The frame of the module."""
        return self if self.outer is None else self.outer.top

    def place(self, node: ast.AST) -> Span:
        """Where a node is written."""
        return self.run.notes.place(self.module, node)

    def find(self, name: str) -> Value | None:
        """The value of a name, None when it is not bound."""
        if name in self.globals:
            return self.top.find(name)
        if name in self.variables:
            return self.run.resolved(self.variables[name])
        if self.lookup is not None:
            found = self.lookup(name)
            if found is not None:
                self.variables[name] = found
            return found
        return self.outer.find(name) if self.outer is not None else None

    def bind(self, name: str, value: Value) -> None:
        """Give a name a value."""
        if name in self.globals:
            self.top.variables[name] = value
        elif name in self.nonlocals and self.outer is not None:
            holder: Frame | None = self.outer
            while holder is not None and name not in holder.variables:
                holder = holder.outer
            (holder or self.outer).variables[name] = value
        else:
            self.variables[name] = value

    def opaque(
        self,
        node: ast.AST,
        reason: str = "is only known at run time",
        key: Hashable = None,
        free: bool = False,
    ) -> Opaque:
        """A value that is not known; without a key it is like no other."""
        shown = self.run.notes.shown(node)
        unknown = Unknown(f"`{shown}` {reason}", self.place(node))
        return Opaque(unknown, key if key is not None else ("fresh", self.run.fresh()), free)

    def none(self, node: ast.AST) -> Plain:
        """The value None."""
        return Plain(None, self.place(node))
