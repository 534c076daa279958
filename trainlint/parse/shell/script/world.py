"""One way in which a script can have come to a place: the shell's state and what branches told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.shell.script.syntax import HereDocument, Node
from trainlint.parse.shell.state import Array, Shell, Text, Variable
from trainlint.parse.shell.text import ShellText
from trainlint.record import record
from trainlint.source import Span

#: More ways than this to come to one place are not told apart any more.
MAX_WORLDS = 64


class Flow(Enum):
    """Where the shell goes on."""

    NEXT = "the next statement"
    BREAK = "behind the loop"
    CONTINUE = "the next pass"
    RETURN = "behind the call"
    EXIT = "nowhere"


class Status(Enum):
    """How the last command ended; a program that was not asked anything is taken to succeed."""

    SUCCESS = "success"
    FAILURE = "failure"
    MEANT = "success, as its writer meant it to"
    UNKNOWN = "unknown"


@record
class Script:
    """A text that is being run: where its here-documents stand, too."""

    source: ShellText
    documents: Mapping[int, HereDocument]


@record
class Definition:
    """A function and the text that it stands in."""

    script: Script
    body: Node


@record
class Belief:
    """What a branch told of a variable: its value, or else values that it does not have.

    `before` is what the variable held, None when nothing had set it.
    """

    value: Text | None
    excluded: frozenset[str]
    before: Variable | None


@record
class Hidden:
    """What a `local` variable hides until its function ends."""

    variable: Variable | None
    removed: bool
    exported: bool


@dataclass
class World:
    """A state of the shell.

    `beliefs` are what branches told of variables, `asked` the arguments before a branch told of them.
    `frames` hold, for each function that runs, what its `local` variables hide. `levels` is how many
    loops a `break` or `continue` still leaves. `written` are files that the script writes before this
    place; with `fetches`, it may have brought any file.
    """

    shell: Shell
    functions: Mapping[str, Definition]
    flow: Flow = Flow.NEXT
    levels: int = 0
    status: Status = Status.SUCCESS
    beliefs: Mapping[str, Belief] = field(default_factory=dict)
    asked: tuple[Text, ...] | Unknown | None = None
    frames: tuple[Mapping[str, Hidden], ...] = ()
    pushed: tuple[Value[Path], ...] = ()
    written: frozenset[Path] = frozenset()
    fetches: bool = False

    def copy(self) -> World:
        """A world that goes its own way from here."""
        return replace(self, shell=self.shell.copy())

    def ended(self, status: Status) -> World:
        """The world itself, after a command that ended so."""
        self.status = status
        return self

    def belief(self, name: str) -> Belief | None:
        """What a branch told of a variable that was not set since."""
        belief = self.beliefs.get(name)
        if belief is None:
            return None
        held = belief.before if belief.value is None else belief.value
        return belief if self.shell.variables.get(name) is held else None

    def believe(self, name: str, value: Text) -> None:
        """Take a variable to have a value."""
        known = self.belief(name)
        before = known.before if known else self.shell.variables.get(name)
        self.beliefs = {**self.beliefs, name: Belief(value, frozenset(), before)}
        self.shell.variables[name] = value

    def believe_argument(self, index: int, value: Text) -> None:
        """Take an argument of the script to have a value."""
        given = self.shell.positional
        self.asked = given if self.asked is None else self.asked
        if isinstance(given, Unknown):
            given = (Text((given,), (given.span,), splits=True),)
        if not any(text.splits for text in given[:index]):
            self.shell.positional = (*given[: index - 1], value, *given[index:])
        elif index == 1:
            self.shell.positional = (value, *given)

    def exclude(self, name: str, value: str) -> None:
        """Take a variable not to have a value."""
        known = self.belief(name)
        excluded = known.excluded if known else frozenset()
        before = known.before if known else self.shell.variables.get(name)
        held = None
        if before is None and not value:
            span = Span.at("")
            held = Text.of(Unknown(f"`${name}` is known only to the environment of the job", span))
            self.shell.variables[name] = held
        self.beliefs = {**self.beliefs, name: Belief(held, excluded | {value}, before)}


def merged(worlds: Sequence[World]) -> list[World]:
    """The worlds without those that differ from an earlier one only by what a branch told them."""
    if len(worlds) < 2:
        return list(worlds)
    found: dict[object, World] = {}
    names = _varying(worlds)
    for world in worlds:
        key = _state(world, names)
        before = found.get(key)
        found[key] = world if before is None else _common(before, world)
    kept = list(found.values())
    return kept if len(kept) <= MAX_WORLDS else _joined(kept)


def forget(world: World, names: Sequence[str], reason: str, span: Span) -> None:
    """Make variables unknown; `"@"` stands for the arguments."""
    for name in names:
        unknown = Unknown(reason.format(name), span)
        if name == "@":
            world.shell.positional = unknown
        elif isinstance(world.shell.variables.get(name), Array):
            world.shell.variables[name] = Array(unknown)
        else:
            world.shell.variables[name] = Text.of(unknown)
            world.shell.removed -= {name}


def _common(first: World, second: World) -> World:
    """One world for two that differ only in what branches told them."""
    beliefs: dict[str, Belief] = {}
    for name in first.beliefs:
        mine, other = first.belief(name), second.belief(name)
        if mine is None:
            continue
        if other is not None and _key(mine.value) == _key(other.value):
            beliefs[name] = Belief(mine.value, mine.excluded & other.excluded, mine.before)
        elif mine.before is None:
            first.shell.variables.pop(name, None)
        else:
            first.shell.variables[name] = mine.before
    first.beliefs = beliefs
    if first.asked is not None and _key(first.shell.positional) != _key(second.shell.positional):
        first.shell.positional, first.asked = first.asked, None
    return first


def state_of(world: World) -> object:
    """What two worlds must have in common to be one."""
    return _state(world, {*world.shell.variables, *world.beliefs})


def _state(world: World, names: Iterable[str]) -> object:
    """The same, of variables only those that are named."""
    shell = world.shell
    held = ((name, _before_beliefs(world, name)) for name in names)
    return (
        frozenset((name, _key(variable)) for name, variable in held if variable is not None),
        _value_key(shell.directory),
        shell.exported,
        shell.removed,
        _key(shell.positional if world.asked is None else world.asked),
        world.flow,
        world.levels,
        world.status,
        tuple(_value_key(folder) for folder in world.pushed),
        tuple(sorted(world.functions)),
    )


def _before_beliefs(world: World, name: str) -> Variable | None:
    """What a variable holds without what a branch told of it."""
    belief = world.belief(name)
    return world.shell.variables.get(name) if belief is None else belief.before


def _varying(worlds: Sequence[World]) -> set[str]:
    """The variables that are not one and the same in all worlds: few, where branches have just parted."""
    first = worlds[0].shell.variables
    names = {name for world in worlds for name in world.beliefs}
    for world in worlds[1:]:
        variables = world.shell.variables
        names |= first.keys() - variables.keys()
        names.update(name for name, variable in variables.items() if first.get(name) is not variable)
    return names


def _key(value: object) -> object:
    """What a value is, without where it is written; all that is unknown is alike."""
    if isinstance(value, Text):
        return (tuple(part if isinstance(part, str) else None for part in value.parts), value.splits)
    if isinstance(value, Array):
        elements = value.elements
        return (
            None
            if isinstance(elements, Unknown)
            else tuple((key, _key(text)) for key, text in elements.items())
        )
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    return None


def _value_key(value: Value[Path]) -> object:
    return value.value if isinstance(value, Known) else None


def _joined(worlds: Sequence[World]) -> list[World]:
    """One world for each way to go on; variables that differ between the joined ones are unknown."""
    groups: dict[object, list[World]] = {}
    for world in worlds:
        groups.setdefault((world.flow, world.levels, world.status), []).append(world)
    return [_join(group) for group in groups.values()]


def _join(worlds: Sequence[World]) -> World:
    joined = worlds[0].copy()
    joined.beliefs, joined.asked = {}, None
    names = dict.fromkeys(name for world in worlds for name in world.shell.variables)
    reason = "`${}` differs between too many paths through the script"
    for name in names:
        if len({_key(world.shell.variables.get(name)) for world in worlds}) > 1:
            forget(joined, [name], reason, Span.at(""))
    if len({_key(world.shell.positional) for world in worlds}) > 1:
        forget(joined, ["@"], "the arguments differ between too many paths through the script", Span.at(""))
    if len({_value_key(world.shell.directory) for world in worlds}) > 1:
        span = worlds[0].shell.directory.span
        joined.shell.directory = Unknown("the folder differs between too many paths through the script", span)
    return joined
