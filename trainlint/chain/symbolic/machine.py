"""The state of one run with symbols: heap, events, budget, and the three steps that all parts call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.symbolic.frame import Flow, Frame
from trainlint.chain.symbolic.heap import Heap, Names, may_be_unset
from trainlint.chain.symbolic.holdings import Kept
from trainlint.facts.behaviour import Access, Event, Place, Read, Step, Uncertain
from trainlint.facts.module import ModuleFacts
from trainlint.facts.symbols import Changing, Choice, Code, Instance, Opaque, Setting, Symbol
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function
from trainlint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Expressions and statements that one entry may take, and events that are kept.
_STEPS = 120_000
_EVENTS = 30_000

Targets = Mapping[tuple[str, ...], Code]
#: A class and those it inherits from, each with its module.
Order = tuple[tuple[ModuleFacts, ast.ClassDef], ...]


@dataclass(eq=False)
class Machine:
    """Runs nothing of the user's: it goes through syntax trees.

    `targets` are the classes and functions that the composed config names, by the path of the name. `value`,
    `run` and `call` are set once, when the parts are put together.
    """

    lookup: ModuleLookup
    schemas: SchemaReader
    targets: Targets
    loaded: tuple[ModuleFacts, ...] = ()
    heap: Heap = field(default_factory=Heap)
    events: list[Event] = field(default_factory=list)
    unfollowed: dict[tuple[str, Span], None] = field(default_factory=dict)
    steps: int = 0
    #: What code wrote to keys of the config, by the dotted path.
    config: Names = field(default_factory=dict)
    #: Parts of the config whose keys or values may be others after what code did to them.
    reshaped: set[tuple[str, ...]] = field(default_factory=set)
    #: Variables of modules as they were first evaluated.
    modules: dict[tuple[str, str], Symbol] = field(default_factory=dict)
    owners: dict[int, Instance] = field(default_factory=dict)
    #: Functions that call themselves more deeply than was followed.
    cut: set[ast.AST] = field(default_factory=set)
    #: Lists and dictionaries that code changes, by what was written to them.
    containers: dict[int, Symbol] = field(default_factory=dict)
    #: Keys of the config that code sets anywhere.
    patched: set[tuple[str, ...]] = field(default_factory=set)
    stack: list[ast.AST] = field(default_factory=list)
    #: Attributes of classes that code sets.
    reset: dict[tuple[ast.ClassDef, str], Symbol] = field(default_factory=dict)
    #: What values hold that were looked into.
    held: Kept = field(default_factory=dict)
    #: Classes with those they inherit from, the names of bases that are not the project's, and methods.
    orders: dict[ast.ClassDef, Order] = field(default_factory=dict)
    bases: dict[ast.ClassDef, list[str]] = field(default_factory=dict)
    methods: dict[tuple[ast.ClassDef, str], tuple[tuple[ModuleFacts, Function, bool], ...]] = field(
        default_factory=dict
    )
    #: The names that modules have which are asked for computed ones; None where they are not known.
    named: dict[str, tuple[Symbol, ...] | None] = field(default_factory=dict)
    #: Classes whose objects were handed to libraries: their methods were looked at once.
    called_back: set[ast.AST] = field(default_factory=set)
    tried_back: set[ast.AST] = field(default_factory=set)
    #: Functions that were run, not only tried.
    entered: set[ast.AST] = field(default_factory=set)
    muted: int = 0
    #: Loops that are being run for good, and what a trial of the outermost found the inner ones to change.
    loops: int = 0
    #: The text of a script that is run itself, those of its globals that are its arguments, and the loop
    #: of its own that makes them so.
    script: Frame | None = None
    overridden: frozenset[str] = frozenset()
    overriding: ast.stmt | None = None
    #: Numbers in the code that stand for a setting.
    numbers: Mapping[ast.expr, Setting] = field(default_factory=dict)
    #: What `hydra.compose` gives a script that calls it once.
    composed: Setting | None = None
    effects: dict[ast.AST, dict[tuple[int, str], tuple[Names, str]]] = field(default_factory=dict)
    #: Objects that a name holds after a turn of a loop, one of each class, by the loop and the name.
    later: dict[tuple[ast.AST, str], dict[ast.ClassDef, Instance]] = field(default_factory=dict)
    _stored: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    #: What functions gave back in this trial: one call of each with one object shows what it changes.
    tried: dict[tuple[ast.AST, int, tuple[object, ...]], tuple[Symbol, list[tuple[Names, str]]]] = field(
        default_factory=dict
    )
    value: Callable[[ast.expr, Frame], Symbol] = field(init=False)
    run: Callable[[list[ast.stmt], Frame], Flow] = field(init=False)
    call: Callable[[Symbol, Site], Symbol] = field(init=False)

    @property
    def exhausted(self) -> bool:
        """Whether there was too much to go through."""
        return self.steps > _STEPS or len(self.events) > _EVENTS

    def record(self, event: Event) -> None:
        """Put an event on record, unless this is only a trial."""
        if not self.muted:
            self.events.append(event)

    def use(self, frame: Frame, node: ast.Name, value: Symbol) -> Symbol:
        """The value of a variable; where it may have none, that is put on record."""
        if isinstance(value, Choice) and not self.muted and may_be_unset(value):
            self.events.append(Uncertain(frame.place, node.id, value, frame.span_of(node)))
        return value

    def note(self, reason: str, span: Span) -> None:
        """Something that cannot be followed."""
        if not self.muted:
            self.unfollowed[(reason, span)] = None

    def read(self, frame: Frame, holder: Setting, setting: Setting, access: Access, node: ast.AST) -> None:
        """The config is asked for a key."""
        if not self.muted:
            self.record(Read(frame.place, setting, holder, access, frame.span_of(node)))

    def reshape(self, part: Setting) -> None:
        """Code changes the keys of a part of the config in a way that cannot be told."""
        self.disturb(part.path)

    def is_shared(self, names: Names) -> bool:
        """Whether names are not the variables of a function: attributes, keys of the config, items."""
        return names is self.config or id(names) in self.owners or id(names) in self.containers

    def disturb(self, path: tuple[str, ...]) -> None:
        """Code takes a key out or puts another value there."""
        self.reshaped.add(path)
        self.patched.add((*path, "*"))

    def set_attribute(self, owner: Instance, name: str, value: Symbol) -> None:
        """An object gets an attribute."""
        self.owners[id(owner.attributes)] = owner
        self.heap.write(owner.attributes, name, value)

    def loosen(self, names: Names, key: str, span: Span) -> None:
        """As a loop starts: what it changes differs from turn to turn."""
        before = names.get(key)
        if before is None and names is self.config:
            before = Setting(tuple(key.split(".")))
        elif before is None and id(names) in self.owners:
            self.heap.write(names, key, Opaque(f"`{key}` is set on some paths only", span))
        if before is not None:
            owner = Setting(()) if names is self.config else self.owners.get(id(names))
            self.heap.write(names, key, Changing(key, owner, before, span))

    def further(self, frame: Frame, test: Symbol, *, truth: bool) -> Place:
        """The frame's place where a test is also true (or false)."""
        return Place(frame.place, Step.BRANCH, frame.span, test, truth)

    def turn(self, frame: Frame, items: Symbol, node: ast.AST) -> Place:
        """The frame's place inside a loop over some items."""
        return Place(frame.place, Step.LOOP, frame.span, items, node=node)

    def stored(self, node: ast.AST) -> frozenset[str]:
        """The names that the text of a block assigns to."""
        if node not in self._stored:
            self._stored[node] = frozenset(
                part.id
                for part in ast.walk(node)
                if isinstance(part, ast.Name) and type(part.ctx) is ast.Store
            )
        return self._stored[node]

    @contextmanager
    def looping(self) -> Iterator[None]:
        """Run the turn of a loop."""
        self.loops += not self.muted
        try:
            yield
        finally:
            self.loops -= not self.muted

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Run something only to see what it changes."""
        self.muted += 1
        try:
            yield
        finally:
            self.muted -= 1
            if not self.muted:
                self.tried.clear()
                self.tried_back.clear()


class Inside:
    """For a `with` block: what runs in it stands inside a further step of the frame's place."""

    __slots__ = ("_frame", "_inside", "_outside")

    def __init__(
        self,
        frame: Frame,
        step: Step,
        span: Span,
        value: Symbol | None = None,
        truth: bool = True,
        node: ast.AST | None = None,
    ) -> None:
        self._frame = frame
        self._outside = frame.place
        self._inside = Place(frame.place, step, span, value, truth, node)

    def __enter__(self) -> Place:
        self._frame.place = self._inside
        return self._inside

    def __exit__(self, *_: object) -> None:
        self._frame.place = self._outside


@dataclass(eq=False, slots=True)
class Site:
    """One call with its arguments evaluated.

    The key "**" of `keywords` stands for an unpacked mapping, "*" for an unpacked sequence; `spread` says
    that there is one.
    """

    node: ast.Call
    frame: Frame
    positional: tuple[Symbol, ...]
    keywords: tuple[tuple[str, Symbol], ...]
    spread: bool = False
    #: Where the call stands.
    span: Span = field(init=False)

    def __post_init__(self) -> None:
        self.span = self.frame.span_of(self.node)

    @property
    def first(self) -> Symbol | None:
        """The first argument by position, or the only unpacked mapping."""
        return self.positional[0] if self.positional else self.keyword("**")

    def keyword(self, name: str) -> Symbol | None:
        """The argument given by this name."""
        return next((value for key, value in self.keywords if key == name), None)

    def argument(self, position: int, name: str) -> Symbol | None:
        """The argument given at this position or by this name."""
        return self.positional[position] if position < len(self.positional) else self.keyword(name)

    def opaque(self, reason: str) -> Opaque:
        """A result that cannot be said."""
        return Opaque(reason, self.frame.span)


#: What a call of a library function gives.
Handler = Callable[[Machine, Site], Symbol]
