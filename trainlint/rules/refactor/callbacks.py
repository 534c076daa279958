"""A program in, what its callbacks show and which keys of their argument they read out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term

Path = tuple[str, ...]


def shown_by_callbacks(program: Program) -> tuple[Effect, ...]:
    """What is logged in the callbacks of a program."""
    attached = {effect.span for effect in program.of(Kind.CALLBACK)}
    return tuple(effect for effect in program.of(Kind.LOG) if attached & set(effect.calls))


def paths_read(effect: Effect) -> frozenset[Path]:
    """The paths of keys that an effect reads: `result["geometry"]["step"]`."""
    return frozenset(path for _, term in effect.parts for path in _paths(term) if path)


def paths_written(program: Program) -> frozenset[Path]:
    """The paths of keys in what the callbacks are given; none where that is not known."""
    makers = {
        str(part.value)
        for effect in program.of(Kind.CALLBACK)
        for name, term in effect.parts
        if name == "object"
        for part in term.walk()
        if part.sort is Sort.FUNCTION
    }
    found = [entry.returns for entry in program.definitions if entry.name in makers]
    if len(found) != 1 or any("*" in path for path in found[0]):
        return frozenset()
    return found[0]


def _paths(term: Term) -> Iterator[Path]:
    """The longest paths of keys that are read in a value."""
    entries = [part for part in term.walk() if _is_entry(part)]
    inner = {part.operands[0] for part in entries}
    for entry in entries:
        if entry not in inner:
            keys: list[str] = []
            while _is_entry(entry):
                keys.append(str(entry.operands[1].value))
                entry = entry.operands[0]
            yield tuple(reversed(keys))


def _is_entry(term: Term) -> bool:
    if term.sort is not Sort.OPERATION or term.value != "[]":
        return False
    key = term.operands[1]
    return key.sort is Sort.CONSTANT and isinstance(key.value, str)
