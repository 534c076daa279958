"""Two lists in, which entry answers to which out: definitions, options, effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from trainlint.facts.effects import Definition, Option
from trainlint.facts.terms import Sort
from trainlint.facts.value import Unknown

T = TypeVar("T")
Aligned = tuple[tuple[T | None, T | None], ...]
_WORDS = re.compile(r"[^a-z0-9]")


def plain_name(name: str) -> str:
    """A name without its case, its separators and the groups it stands in: `optim.batch-size`."""
    return _WORDS.sub("", name.rpartition(".")[2].lower())


def align_definitions(
    reference: Sequence[Definition], candidate: Sequence[Definition]
) -> tuple[tuple[Definition | None, Definition | None], ...]:
    """By content, then by whole name, then by last name, where that is the only one of its name."""
    keys: list[Callable[[Definition], object]] = [
        lambda entry: (entry.digest, entry.name),
        lambda entry: entry.digest if len(entry.node.body) > 1 else None,
        lambda entry: entry.name,
        lambda entry: (plain_name(entry.name), type(entry.node)),
    ]
    return _by_keys(reference, candidate, keys)


def align_options(
    reference: Sequence[Option], candidate: Sequence[Option]
) -> tuple[tuple[Option | None, Option | None], ...]:
    """By whole name, then by the name without groups and separators."""
    keys: list[Callable[[Option], object]] = [
        lambda entry: entry.name,
        lambda entry: plain_name(entry.name),
    ]
    return _by_keys(reference, candidate, keys)


def unclear_defaults(pairs: Sequence[tuple[Option | None, Option | None]]) -> tuple[Unknown, ...]:
    """The settings of both sides whose defaults cannot be held against each other."""
    return tuple(
        Unknown(f"the default of `{other.name}` cannot be told, so it is not compared", other.span)
        for one, other in pairs
        if one is not None and other is not None and _is_argument(one) and _is_argument(other)
        if (one.default.sort is Sort.UNKNOWN) is not (other.default.sort is Sort.UNKNOWN)
    )


def _is_argument(option: Option) -> bool:
    return option.form not in ("field", "global", "environment")


def _by_keys(
    reference: Sequence[T], candidate: Sequence[T], keys: Sequence[Callable[[T], object]]
) -> tuple[tuple[T | None, T | None], ...]:
    """Pair what one key after the other tells to be the same; None beside what has no partner."""
    partners: dict[int, int] = {}
    taken = set[int]()
    for key in keys:
        free: dict[object, list[int]] = {}
        for index, entry in enumerate(candidate):
            if index not in taken and key(entry) is not None:
                free.setdefault(key(entry), []).append(index)
        for index, entry in enumerate(reference):
            found = free.get(key(entry)) if index not in partners and key(entry) is not None else None
            if found:
                partners[index] = found.pop(0)
                taken.add(partners[index])
    pairs: list[tuple[T | None, T | None]] = [
        (entry, candidate[partners[index]] if index in partners else None)
        for index, entry in enumerate(reference)
    ]
    return (*pairs, *((None, entry) for index, entry in enumerate(candidate) if index not in taken))


def in_order(
    reference: Sequence[T], candidate: Sequence[T], score: Callable[[T, T], float]
) -> list[tuple[int, int]]:
    """The pairs of indices with the greatest total score that keep the order (Needleman and Wunsch, 1970)."""
    rows, columns = len(reference), len(candidate)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    scores = [[score(one, other) for other in candidate] for one in reference]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            paired = best[row + 1][column + 1] + scores[row][column]
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    pairs, row, column = list[tuple[int, int]](), 0, 0
    while row < rows and column < columns:
        paired = best[row + 1][column + 1] + scores[row][column]
        if scores[row][column] > 0 and best[row][column] == paired:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs
