"""Facts of what a script does from its entry on: every event in the order of the text, each with its place.

A place is a chain of steps from the entry to the event: the calls, branches, loops and `with` blocks
around it. The same function called twice stands in two places.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import Enum

from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Code, Instance, Setting, Symbol
from trainlint.record import record
from trainlint.source import Span


class Step(Enum):
    """What a place adds to the one around it.

    BRANCH: only where `value` is `truth`. UNLESS: only where the place `barred` was not reached, from which
    the code leaves (`return`, `break`); ASSUMED: the same for a place that stops the program loudly.
    LOOP: once for each item of `value` (`while`: as long as `value` is true). CALL: inside the function
    `value`. WITH: inside the context manager `value`. TRY: where an exception is caught.
    """

    ENTRY = "entry"
    BRANCH = "branch"
    UNLESS = "unless"
    ASSUMED = "assumed"
    LOOP = "loop"
    CALL = "call"
    WITH = "with"
    TRY = "try"


class Leave(Enum):
    """What code leaves before its end: the turn of a loop, the loop, the function, the program."""

    TURN = "continue"
    LOOP = "break"
    FUNCTION = "return"
    PROGRAM = "exit"


@record
class Place:
    """Where something happens; `parent` is the place around it. Compared by identity.

    `node` is the loop, the call or the `if` in the syntax tree. `first` is what a loop asks before its first
    turn. `leaves` says what the code leaves where it is barred (UNLESS).
    """

    parent: Place | None
    step: Step
    span: Span
    value: Symbol | None = None
    truth: bool = True
    node: ast.AST | None = None
    barred: Place | None = None
    first: Symbol | None = None
    leaves: Leave | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def outwards(self) -> Iterator[Place]:
        """The place itself, the one around it, and so on up to the entry."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent

    def within(self, other: Place) -> bool:
        """Whether this place is the other or inside it."""
        place: Place | None = self
        while place is not None and place is not other:
            place = place.parent
        return place is other


class Access(Enum):
    """How code asks for a key of the config.

    GET fails where the key is not there (as far as `setting.absence` says so), DEFAULT has a default, TEST
    only asks whether it is there, WHOLE hands the part to code that cannot be followed, SHOWN only prints or
    stores it, BUILT makes an object from it (`hydra.utils.instantiate`).
    """

    GET = "get"
    DEFAULT = "default"
    TEST = "test"
    WHOLE = "whole"
    SHOWN = "shown"
    BUILT = "built"


@record
class Read:
    """The config is asked for the key at `setting.path`.

    `holder` is the part of the config that is asked. `via` is what received it, for WHOLE.
    """

    place: Place
    setting: Setting
    holder: Setting
    access: Access
    span: Span
    via: str | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class GuardKind(Enum):
    """What refuses: `assert`, `raise` (where its place is reached), a key that a dictionary does not have."""

    ASSERT = "assert"
    RAISE = "raise"
    LOOKUP = "lookup"


@record
class Guard:
    """Code that stops the run unless `test` holds (for RAISE: whenever its place is reached, `test` is None).

    `message` is what it says, as far as it is known; `statement` is the guard as written (for RAISE the
    innermost `if` with its test), `exception` the name of what is raised.
    """

    place: Place
    kind: GuardKind
    test: Symbol | None
    message: Symbol | None
    exception: str
    statement: str
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Call:
    """A call of the project's own code or of a library's: `callee` says which.

    `positional` and `keywords` are its arguments; the key "**" stands for an unpacked mapping, "*" for an
    unpacked sequence. `inside` is the place inside the callee, None where it was not entered.
    """

    place: Place
    callee: Symbol
    positional: tuple[Symbol, ...]
    keywords: tuple[tuple[str, Symbol], ...]
    result: Symbol
    module: ModuleFacts
    node: ast.Call
    span: Span
    inside: Place | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def keyword(self, name: str) -> Symbol | None:
        """The argument given by this name."""
        return next((value for key, value in self.keywords if key == name), None)


@record
class Change:
    """A variable, an attribute or a key of the config gets a new value; `adds` for `+=` and `x = x + …`.

    `owner` is the object or part of the config, None for a local variable of the function `scope`.
    """

    place: Place
    owner: Instance | Setting | None
    scope: ast.AST | None
    name: str
    value: Symbol
    adds: bool
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Store:
    """Something that is neither an object of the project nor the config gets an item or an attribute.

    `key` is the item's key; for an attribute its name.
    """

    place: Place
    owner: Symbol
    key: Symbol
    value: Symbol
    adds: bool
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Ended:
    """A loop, whose place is `loop`, with the places from which its turns leave it early."""

    place: Place
    loop: Place
    left: tuple[Place, ...]
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Handed:
    """A function of the project is given to a library that calls it with data.

    `names` is, for the function and for each other function of the project that it may call, what the names
    stand for that are no variables of its own.
    """

    place: Place
    code: Code
    names: Mapping[ast.AST, Mapping[str, Symbol]]
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Uncertain:
    """A variable is used that is not set on all paths: `value` is one of several, on some paths none."""

    place: Place
    name: str
    value: Symbol
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


Event = Read | Guard | Call | Change | Store | Ended | Handed | Uncertain


@record
class Behaviour:
    """Everything that happens from one entry on.

    `unfollowed` says what could not be followed, and where; `complete` is False when the reading stopped
    early because there was too much of it. `reshaped` are parts of the config whose keys code changes in a
    way that cannot be told, and keys that it takes out.
    """

    entry: Code | None
    events: tuple[Event, ...]
    unfollowed: tuple[tuple[str, Span], ...]
    complete: bool
    reshaped: frozenset[tuple[str, ...]] = frozenset()

    __hash__ = object.__hash__
    __eq__ = object.__eq__
