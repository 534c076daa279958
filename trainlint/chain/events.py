"""What a script does in, its events by what they are out; what all its launches ask is looked up once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Generic, TypeVar

from trainlint.facts.behaviour import Access, Behaviour, Guard, Read
from trainlint.record import entity

T = TypeVar("T")
_Path = tuple[str, ...]

#: Reads that take whatever lies below a key.
ALL_BELOW = (Access.WHOLE, Access.BUILT)


@entity
class Once(Generic[T]):
    """What is found in the code of a script, found once for all its launches."""

    find: Callable[[Behaviour], T]
    _known: dict[Behaviour, T] = field(default_factory=dict)

    def of(self, behaviour: Behaviour) -> T:
        """What is found there."""
        if behaviour not in self._known:
            self._known[behaviour] = self.find(behaviour)
        return self._known[behaviour]


@entity
class Events:
    """The reads and guards of one script, each with how many events come before it."""

    behaviour: Behaviour
    guards: tuple[tuple[int, Guard], ...] = ()
    reads: tuple[Read, ...] = ()
    _escapes: dict[_Path, list[tuple[int, Read]]] = field(default_factory=dict)
    _asked: dict[_Path, list[tuple[int, Read]]] = field(default_factory=dict)
    _taking: dict[_Path, tuple[Read, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sort the events."""
        guards, reads = [], []
        for order, event in enumerate(self.behaviour.events):
            if isinstance(event, Guard):
                guards.append((order, event))
            elif isinstance(event, Read):
                reads.append(event)
                path = event.setting.path
                if event.access is not Access.SHOWN:
                    self._asked.setdefault(path, []).append((order, event))
                if event.access is Access.WHOLE and _is_unfollowed(event.via):
                    self._escapes.setdefault(path, []).append((order, event))
        self.guards, self.reads = tuple(guards), tuple(reads)

    def escapes(self, path: _Path, order: int) -> list[Read]:
        """The reads before an event that give a part around a key to code that cannot be followed."""
        around = (self._escapes.get(path[:length], ()) for length in range(len(path)))
        return [read for found in around for before, read in found if before < order]

    def asking(self, path: _Path) -> list[Read]:
        """The reads of just this key, in their order."""
        return [read for _, read in self._asked.get(path, ())]

    def taking(self, path: _Path) -> tuple[Read, ...]:
        """The reads that get at a key, in order: of it, below it, or of a whole part around it."""
        if path not in self._taking:
            found = [
                (order, read)
                for asked, reads in self._asked.items()
                if all(one in (other, "*") for one, other in zip(asked, path, strict=False))
                for order, read in reads
                if len(asked) >= len(path) or read.access in ALL_BELOW
            ]
            found.sort(key=lambda entry: entry[0])
            self._taking[path] = tuple(read for _, read in found)
        return self._taking[path]


def _is_unfollowed(via: str | None) -> bool:
    return via is not None and via.startswith(("code that cannot be followed", "?"))
