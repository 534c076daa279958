"""A file that says which parameters are which in, links for the matching out.

A line is `reference name: candidate name`; several names that make one whole stand in brackets or between
commas, in the order in which they are put one below the other: `attn.qkv.weight: [attn.q.weight, …]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trainlint.parity.links import Link, Parameter, linked, plain
from trainlint.parity.pieces import turned_shape
from trainlint.record import record


@record
class Given:
    """A line of the file: where it stands, and the names on both sides."""

    where: str
    reference: tuple[str, ...]
    candidate: tuple[str, ...]


class MappingError(ValueError):
    """A file of names cannot be followed; the message begins with the file and the line."""


def read_mapping(text: str, file: str) -> tuple[Given, ...]:
    """The lines of a file. Raises MappingError."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        line = _bare(line)
        if line:
            found.append(_line(line, f"{file}:{number}"))
    for side in ("reference", "candidate"):
        named: dict[str, str] = {}
        for entry in found:
            for name in getattr(entry, side):
                if name in named:
                    raise MappingError(
                        f"{entry.where}: `{name}` of the {side} stands at {named[name]} already"
                    )
                named[name] = entry.where
    return tuple(found)


def _bare(line: str) -> str:
    """A line without its comment."""
    before, hash_, _ = line.partition("#")
    return (before if hash_ and (not before or before[-1].isspace()) else line).strip()


def _line(line: str, where: str) -> Given:
    ours, colon, theirs = line.partition(": ") if ": " in line else line.partition(":")
    reference, candidate = _names(ours), _names(theirs)
    if not colon or not reference or not candidate:
        raise MappingError(f"{where}: write `reference name: candidate name`, not `{line}`")
    return Given(where, reference, candidate)


def _names(text: str) -> tuple[str, ...]:
    words = text.strip().removeprefix("[").removesuffix("]").split(",")
    return tuple(filter(None, (word.strip().strip("'\"") for word in words)))


def links_of(
    given: Sequence[Given], reference: Sequence[Parameter], candidate: Sequence[Parameter]
) -> list[Link]:
    """The links that a file asks for. Raises MappingError where names or shapes do not fit."""
    return [
        _link(entry, _found(entry, "reference", reference), _found(entry, "candidate", candidate))
        for entry in given
    ]


def _found(given: Given, side: str, parameters: Sequence[Parameter]) -> list[Parameter]:
    known = {name: entry for entry in parameters for name in (*entry.aliases, entry.plain, entry.name)}
    names = given.reference if side == "reference" else given.candidate
    for name in names:
        if name not in known and plain(name) not in known:
            raise MappingError(
                f"{given.where}: the {side} trains no parameter `{name}`{_nearest(name, known)}"
            )
    return [known.get(name) or known[plain(name)] for name in names]


def _nearest(name: str, known: Sequence[str] | dict[str, Parameter]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    return f"; the nearest is `{near[0]}`" if near else ""


def _link(given: Given, ours: Sequence[Parameter], theirs: Sequence[Parameter]) -> Link:
    link = linked(ours, theirs)
    for turn, turned in ((False, False), (False, True), (True, False), (True, True)):
        shape = turned_shape([entry.digest for entry in ours], is_turned=turn)
        if shape is not None and shape == turned_shape([entry.digest for entry in theirs], is_turned=turned):
            return Link(replace(link.reference, is_turned=turn), replace(link.candidate, is_turned=turned))
    shapes = [" and ".join(str(list(entry.shape)) for entry in side) for side in (ours, theirs)]
    raise MappingError(f"{given.where}: {shapes[0]} of the reference cannot be {shapes[1]} of the candidate")
