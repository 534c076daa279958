"""Facts of values in code: what an expression can be said to be before the program runs.

A symbol is not a value but the way to one: `Setting(("epochs",))` is what the composed config holds
there. Symbols are compared by identity; `chain/evaluation.py` turns them into values for one launch.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Set as AbstractSet
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import FieldFacts, SchemaFacts
from trainlint.record import entity, record
from trainlint.source import Span

if TYPE_CHECKING:
    from trainlint.facts.behaviour import Place

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Absence(Enum):
    """What reading a key that is not there does: depends on what the program has made of the config."""

    RAISES = "raises"
    NONE = "gives None"
    UNKNOWN = "is not known"


@record
class Constant:
    """A value that the text states: text, number, bool, None, bytes."""

    value: object

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Two constants are the same where type and value are: `1` is not `True`."""
        return (
            isinstance(other, Constant)
            and type(other.value) is type(self.value)
            and other.value == self.value
        )


@record
class Setting:
    """The config, or the part of it at `path`; "*" stands for every item of a list or mapping.

    `supplied` are keys that code put over it, `exact` is False when there may be more or fewer keys.
    `plain` says that it is no OmegaConf object any more, in which a `???` is a text like any other.
    `schema` is what checked it on the way, `made` the class of the project that it is an object of, and
    `field` the field of a schema that it was read from, with its default. `hidden` says that a schema
    dropped the key on the way. `absence` is what a key that is not there does. `copied` says that writing
    to it does not change the config, `rest` that parameters took some of its keys out (`**kwargs`),
    `doubtful` that code may have put something else there. `patched` are the keys that the code sets
    anywhere: the value of a whole part that has them is not the composed one.
    """

    path: tuple[str, ...]
    supplied: tuple[tuple[str, Symbol], ...] = ()
    exact: bool = True
    plain: bool = False
    schema: SchemaFacts | None = None
    made: Code | None = None
    field: FieldFacts | None = None
    hidden: bool = False
    absence: Absence = Absence.RAISES
    copied: bool = False
    rest: bool = False
    doubtful: bool = False
    patched: AbstractSet[tuple[str, ...]] = dataclasses.field(default=frozenset(), compare=False, repr=False)


@record
class Operation:
    """An operator or a builtin function over symbols; `name` is how Python spells it.

    Operators: `+ - * / // % ** == != < <= > >= in not in is is not and or not neg [] .` (`.` has a Constant
    name second), `format` (the parts of an f-string), builtins as they are called (`int`, `len`, `max`, …),
    methods of texts as `str.split` and so on, `exists` (whether a Setting's key is there) and `default`
    (a Setting, else the second operand where its key is not there), `in os.environ` (whether a variable of
    the environment is set), `get` (a dictionary, a key and a default), `formatted` (a part of an f-string
    with its conversion and format).
    """

    name: str
    operands: tuple[Symbol, ...]
    span: Span | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Choice:
    """`then` where `test` is true, else `other`."""

    test: Symbol
    then: Symbol
    other: Symbol

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Sequence:
    """A list, tuple or set that was written out; `open` when there may be more items.

    `written` is what code put into it or did to it later on ("*" for changes that cannot be told), and
    `touched` is not empty when any code, on whatever path, did so. `kind` is "list", "tuple" or "set".
    `tests` are what a comprehension asks of its items.
    """

    items: tuple[Symbol, ...]
    open: bool = False
    written: dict[str, Symbol] = field(default_factory=dict, compare=False, repr=False)
    touched: set[str] = field(default_factory=set, compare=False, repr=False)
    kind: str = "list"
    tests: tuple[Symbol, ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Table:
    """A dictionary that was written out, key by key; `open` when there may be more keys.

    `span` is where it is written, `written` what code put into it later on ("*" for unknown keys), and
    `touched` is not empty when any code, on whatever path, did so. `default` makes what is found at a key
    that is not there.
    """

    entries: tuple[tuple[Symbol, Symbol], ...]
    open: bool = False
    span: Span | None = None
    written: dict[str, Symbol] = field(default_factory=dict, compare=False, repr=False)
    touched: set[str] = field(default_factory=set, compare=False, repr=False)
    default: Symbol | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Code:
    """A function, lambda or class of the project.

    `bound` is the object that a method belongs to, `positional` and `keywords` are arguments that
    `functools.partial` fixed. `closure` is the call around a nested function and `defaults` are the defaults
    of its parameters as they were there; `bare` says that its decorators were applied.
    """

    module: ModuleFacts = field(compare=False, repr=False)
    node: FunctionNode | ast.ClassDef
    bound: Symbol | None = None
    positional: tuple[Symbol, ...] = ()
    keywords: tuple[tuple[str, Symbol], ...] = ()
    closure: object = field(default=None, compare=False, repr=False)
    bare: bool = False
    defaults: tuple[tuple[str, Symbol], ...] = ()

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    @property
    def name(self) -> str:
        """The name it is defined with."""
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name


@entity
class Instance:
    """An object of a class of the project with the attributes that were set on it, and where it was made.

    `plain` says that it counts as true: nothing says how long it is. `lineage` are its class and those it
    inherits from, as far as they are the project's, `bases` the full names of those that are not.
    """

    module: ModuleFacts = field(repr=False)
    node: ast.ClassDef
    span: Span
    attributes: dict[str, Symbol] = field(default_factory=dict, repr=False)
    plain: bool = False
    lineage: tuple[tuple[ModuleFacts, ast.ClassDef], ...] = field(default=(), repr=False)
    bases: tuple[str, ...] = ()


@record
class External:
    """Something of a package that is not the project's, by its full dotted name: `torch.nn.Linear`."""

    name: str


@record
class Made:
    """What a call of something that is not the project's gave: `torch.nn.Linear(4, 8)`.

    `name` is the full dotted name of what was called; a method of such an object is `name` plus its own name,
    with `owner` set.
    """

    name: str
    positional: tuple[Symbol, ...]
    keywords: tuple[tuple[str, Symbol], ...]
    span: Span
    owner: Symbol | None = None

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Fact(Enum):
    """What only the launch or the run decides, and which program text asks for."""

    WORLD_SIZE = "the world size"
    RANK = "the rank"
    LOCAL_RANK = "the local rank"


@record
class Runtime:
    """One such fact, or an environment variable (`variable` is its name, text as in the shell)."""

    fact: Fact | None = None
    variable: str | None = None


@record
class Changing:
    """A variable or attribute that a loop changes: its value differs from turn to turn.

    `owner` is the object it is an attribute of, None for a local variable; `before` is its value as the
    loop starts.
    """

    name: str
    owner: Instance | Setting | None
    before: Symbol
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@record
class Element:
    """One item of something that is iterated over; `index` counts inside a tuple that is unpacked."""

    of: Symbol
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@entity
class Happens:
    """True where the run comes to a place (`facts.behaviour.Place`)."""

    place: Place


@record
class Opaque:
    """What cannot be said; `reason` completes "not checked: …"."""

    reason: str
    span: Span

    __hash__ = object.__hash__
    __eq__ = object.__eq__


Symbol = (
    Constant
    | Setting
    | Operation
    | Choice
    | Sequence
    | Table
    | Code
    | Instance
    | External
    | Made
    | Runtime
    | Changing
    | Element
    | Happens
    | Opaque
)
