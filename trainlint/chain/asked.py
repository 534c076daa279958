"""What a script does in, whether it asks for a key of the config, hands it away or leaves it alone, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from enum import Enum

from trainlint.chain.symbolic.escapes import records
from trainlint.chain.symbolic.settings import child_of, field_of, schema_of
from trainlint.facts.behaviour import Access, Behaviour, Call, Read
from trainlint.facts.schema import Extra, SchemaFacts, SchemaKind
from trainlint.facts.symbols import Setting
from trainlint.record import entity

_Path = tuple[str, ...]
#: What asks for each key of a part, one after the other.
_ALL_KEYS = ("items", "values")


class Use(Enum):
    """What becomes of a key: OPEN where it goes into code that cannot be followed."""

    ASKED = "asked for"
    BUILT = "a part of what is built"
    OPEN = "given away"
    NONE = "left alone"


@entity
class _Node:
    """One part of the config with what is done to it, and the parts below."""

    below: dict[str, _Node] = field(default_factory=dict)
    asked: bool = False
    whole: list[Read] = field(default_factory=list)

    def at(self, path: _Path) -> _Node:
        """The node of a path below, made where it is not there yet."""
        node = self
        for step in path:
            node = node.below.setdefault(step, _Node())
        return node

    def along(self, path: _Path) -> Iterator[tuple[int, _Node]]:
        """The nodes on the way to a path, itself included, with how far down they are; "*" is any key."""
        current = [self]
        yield 0, self
        for depth, step in enumerate(path, start=1):
            names = (step, "*") if step != "*" else None
            current = [
                child
                for node in current
                for name, child in node.below.items()
                if names is None or name in names
            ]
            yield from ((depth, node) for node in current)

    def all_below(self) -> Iterator[_Node]:
        """The node and all parts of it."""
        yield self
        for child in self.below.values():
            yield from child.all_below()


@entity
class Asked:
    """All reads of one script by the keys they ask for; each key is looked up once."""

    behaviour: Behaviour
    asked: _Node = field(default_factory=_Node)
    given: _Node = field(default_factory=_Node)
    recorded: _Node = field(default_factory=_Node)
    unpacked: list[tuple[_Path, SchemaFacts | None]] = field(default_factory=list)
    _known: dict[_Path, tuple[Use, Read | None]] = field(default_factory=dict)
    _depths: dict[_Path, int] = field(default_factory=dict)
    _recorders: dict[_Path, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the events once."""
        for event in self.behaviour.events:
            if isinstance(event, Read):
                self._sort(event)
            elif isinstance(event, Call):
                part = event.keyword("**")
                if isinstance(part, Setting):
                    made = event.result.schema if isinstance(event.result, Setting) else None
                    self.unpacked.append((part.path, made))

    def _sort(self, read: Read) -> None:
        path = read.setting.path
        if read.access is Access.SHOWN:
            if records(read.via or ""):
                self.recorded.at(path).whole.append(read)
        elif read.access is Access.WHOLE and read.via in _ALL_KEYS:
            self.asked.at((*path, "*")).asked = True
        elif read.access in (Access.WHOLE, Access.BUILT):
            self.given.at(path).whole.append(read)
        else:
            self.asked.at(path).asked = True

    @property
    def anything(self) -> bool:
        """Whether any key is asked for at all."""
        return bool(self.asked.below)

    def names_beside(self, path: _Path) -> list[str]:
        """The keys that the code asks for in the part where a key stands."""
        nodes = [node for depth, node in self.asked.along(path[:-1]) if depth == len(path) - 1]
        return [name for node in nodes for name, child in node.below.items() if child.asked]

    def depth(self, path: _Path) -> int:
        """How many steps of a path lead to the largest part around it that is left alone."""
        if path not in self._depths:
            self._depths[path] = self._depth(path)
        return self._depths[path]

    def _depth(self, path: _Path) -> int:
        return next(end for end in range(1, len(path) + 1) if self.use(path[:end])[0] is Use.NONE)

    def is_asked(self, path: _Path) -> bool:
        """Whether just this part is asked for by name."""
        return any(node.asked for depth, node in self.asked.along(path) if depth == len(path))

    def use(self, path: _Path) -> tuple[Use, Read | None]:
        """What becomes of a key, and the read that gives it away."""
        if path not in self._known:
            self._known[path] = self._use(path)
        return self._known[path]

    def recorder(self, path: _Path) -> str | None:
        """What keeps a key with the results of the run: a logger, a saved copy of the config."""
        if path not in self._recorders:
            found = (read.via for depth, node in self.recorded.along(path) for read in node.whole)
            self._recorders[path] = next((name for name in found if name is not None), None)
        return self._recorders[path]

    def _use(self, path: _Path) -> tuple[Use, Read | None]:
        if any(depth == len(path) for depth, _ in self.asked.along(path)):
            return Use.ASKED, None
        if any(_is_unpacked(part, schema, path) for part, schema in self.unpacked):
            return Use.BUILT, None
        around = [read for read in self._around(path) if not _drops(read.setting, path)]
        if any(read.access is Access.BUILT for read in around):
            return Use.BUILT, None
        return (Use.OPEN, around[0]) if around else (Use.NONE, None)

    def _around(self, path: _Path) -> Iterator[Read]:
        for depth, node in self.given.along(path):
            for inner in node.all_below() if depth == len(path) else (node,):
                yield from inner.whole


def _is_unpacked(part: _Path, schema: SchemaFacts | None, path: _Path) -> bool:
    """Whether a call takes a key as a parameter, or refuses it: that is told elsewhere."""
    if len(part) >= len(path) or not all(
        "*" in pair or pair[0] == pair[1] for pair in zip(part, path, strict=False)
    ):
        return False
    return schema is None or not schema.complete or _is_demanded(schema, path[len(part) :])


def _is_demanded(schema: SchemaFacts, path: _Path) -> bool:
    """Whether objects of a class cannot be made without a key, or with it."""
    field = field_of(schema, path[0])
    if field is None:
        return schema.kind is not SchemaKind.PYDANTIC or schema.extra is Extra.FORBID
    inner = schema_of(field.type)
    if len(path) == 1 or inner is None:
        return len(path) == 1 and field.default is None
    return _is_demanded(inner, path[1:])


def _drops(part: Setting, path: _Path) -> bool:
    """Whether a schema left a key out of the part that is given away."""
    current = part
    for step in path[len(part.path) :]:
        current = child_of(current, step)
    return current.hidden
