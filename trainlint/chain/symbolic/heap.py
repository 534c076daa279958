"""Writes to variables, attributes and keys in, the state of them after branches and loops out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trainlint.facts.symbols import Choice, Opaque, Symbol
from trainlint.source import Span

#: Variables of a frame, attributes of an object, or keys of the config that code wrote to.
Names = dict[str, Symbol]
#: What names hold at the end of one side of a branch: each dictionary with its key and value.
Side = dict[tuple[int, str], tuple[Names, str, "Symbol | None"]]

#: So many sides of a choice are looked at.
_LOOKED_AT = 64
#: Why a network is one of two: it may be its copy, whose weights are others.
COPIED_NETWORK = "what was changed in the copy of a network is not known"


@dataclass
class Heap:
    """Remembers each write, so that a branch can be taken back and merged with the other side."""

    _journal: list[tuple[Names, str, Symbol | None]] = field(default_factory=list)

    def write(self, names: Names, key: str, value: Symbol) -> None:
        """Set a name; what it was before is remembered."""
        self._journal.append((names, key, names.get(key)))
        names[key] = value

    def remove(self, names: Names, key: str) -> None:
        """Delete a name."""
        if key in names:
            self._journal.append((names, key, names.pop(key)))

    @property
    def mark(self) -> int:
        """A moment that one can go back to."""
        return len(self._journal)

    def written(self, mark: int) -> Iterable[tuple[Names, str]]:
        """What was written since a moment, each name once."""
        return {(id(names), key): (names, key) for names, key, _ in self._journal[mark:]}.values()

    def changed(self, mark: int) -> list[tuple[Names, str]]:
        """The names that hold something else than at that moment."""
        first: dict[tuple[int, str], Symbol | None] = {}
        for names, key, old in self._journal[mark:]:
            first.setdefault((id(names), key), old)
        return [
            (names, key) for names, key in self.written(mark) if names.get(key) != first[(id(names), key)]
        ]

    def undo(self, mark: int) -> Side:
        """Go back to a moment; gives what each name that was written held until now."""
        if len(self._journal) == mark:
            return {}
        held: Side = {(id(names), key): (names, key, names.get(key)) for names, key in self.written(mark)}
        for names, key, old in reversed(self._journal[mark:]):
            if old is None:
                names.pop(key, None)
            else:
                names[key] = old
        del self._journal[mark:]
        return held

    def held(self, mark: int) -> Side:
        """What each name that was written since a moment holds now."""
        return {(id(names), key): (names, key, names.get(key)) for names, key in self.written(mark)}

    def before(self, mark: int) -> Side:
        """What each name that was written since a moment held then."""
        first: Side = {}
        for names, key, old in self._journal[mark:]:
            first.setdefault((id(names), key), (names, key, old))
        return first

    def history(self, mark: int) -> list[tuple[Names, str, list[Symbol | None]]]:
        """All that each name held since a moment, the oldest first."""
        found: dict[tuple[int, str], tuple[Names, str, list[Symbol | None]]] = {}
        for names, key, old in self._journal[mark:]:
            found.setdefault((id(names), key), (names, key, []))[2].append(old)
        for names, key, values in found.values():
            values.append(names.get(key))
        return list(found.values())

    def keep(self, side: Side) -> None:
        """Only this side of a branch goes on."""
        for names, key, value in side.values():
            if value is None:
                self.remove(names, key)
            else:
                self.write(names, key, value)

    def join(self, test: Symbol, then: Side, other: Side, span: Span) -> None:
        """Both sides of a branch go on: each name holds what its side gave it."""
        for place in {**then, **other}:
            names, key, _ = then.get(place) or other[place]
            before = names.get(key)
            first = then[place][2] if place in then else before
            second = other[place][2] if place in other else before
            self.write(names, key, either(test, first, second, key, span))


def either(test: Symbol, then: Symbol | None, other: Symbol | None, name: str, span: Span) -> Symbol:
    """What a name holds after a branch; a side that does not set it leaves it unset."""
    if then is other and then is not None:
        return then
    missing = Opaque(set_on_some_paths(name), span)
    return Choice(test, then if then is not None else missing, other if other is not None else missing)


def set_on_some_paths(name: str) -> str:
    """Why a name may have no value."""
    return f"`{name}` is set on some paths only"


def is_unset(value: Symbol) -> bool:
    """Whether it stands for a name on a path on which it has no value."""
    return isinstance(value, Opaque) and value.reason.endswith("is set on some paths only")


def may_be_unset(value: Symbol) -> bool:
    """Whether a value is one of several of which one is none."""
    waiting = [value]
    for _ in range(_LOOKED_AT):
        if not waiting:
            return False
        symbol = waiting.pop()
        if isinstance(symbol, Choice):
            waiting += (symbol.other, symbol.then)
        elif is_unset(symbol):
            return True
    return False
