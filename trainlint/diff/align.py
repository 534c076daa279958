"""Two lists in, which entry answers to which out: definitions, options, effects."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from trainlint.facts.effects import Definition, Option
from trainlint.facts.terms import Sort
from trainlint.facts.uses import is_given, is_variable, plain
from trainlint.facts.value import Unknown

T = TypeVar("T")
#: The largest table of scores.
_TABLE = 3_000


def align_definitions(
    reference: Sequence[Definition], candidate: Sequence[Definition]
) -> tuple[tuple[Definition | None, Definition | None], ...]:
    """By content, then by whole name, then by last name, where that is the only one of its name."""
    keys: list[Callable[[Definition], object]] = [
        lambda entry: (entry.digest, entry.name),
        lambda entry: entry.digest if len(entry.node.body) > 1 else None,
        lambda entry: entry.name,
        lambda entry: (plain(entry.name), type(entry.node)),
    ]
    return _by_keys(reference, candidate, keys)


def align_options(
    reference: Sequence[Option], candidate: Sequence[Option]
) -> tuple[tuple[Option | None, Option | None], ...]:
    """By whole name, then by the name without groups and separators."""
    keys: list[Callable[[Option], object]] = [
        lambda entry: entry.name,
        lambda entry: plain(entry.name),
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
    return is_given(option) and not is_variable(option)


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
    reference: Sequence[T],
    candidate: Sequence[T],
    score: Callable[[T, T], float],
    content: Callable[[T], Hashable],
) -> list[tuple[int, int]]:
    """The pairs of indices with (nearly) the greatest total score that keep the order.

    Long lists are cut at entries whose content is there once on both sides, then each stretch between two
    cuts is aligned by itself; what two stretches have in common at their ends is not scored.
    """
    if len(reference) * len(candidate) <= _TABLE:
        return _table(reference, candidate, score)
    mine, theirs = list(map(content, reference)), list(map(content, candidate))
    pairs = list[tuple[int, int]]()
    for rows, columns in _stretches(mine, theirs):
        while rows and columns and mine[rows[0]] == theirs[columns[0]]:
            pairs.append((rows[0], columns[0]))
            rows, columns = rows[1:], columns[1:]
        ends = list[tuple[int, int]]()
        while rows and columns and mine[rows[-1]] == theirs[columns[-1]]:
            ends.append((rows[-1], columns[-1]))
            rows, columns = rows[:-1], columns[:-1]
        if len(rows) * len(columns) <= _TABLE:
            inner = _table([reference[row] for row in rows], [candidate[place] for place in columns], score)
            pairs += [(rows[row], columns[column]) for row, column in inner]
        pairs += reversed(ends)
    return pairs


def _stretches(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> Iterator[tuple[range, range]]:
    """Two lists cut before each entry that both have once, in an order that both have."""
    row = column = 0
    for next_row, next_column in _anchors(mine, theirs):
        yield range(row, next_row), range(column, next_column)
        row, column = next_row, next_column
    yield range(row, len(mine)), range(column, len(theirs))


def _anchors(mine: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest row of entries that both lists have once and in the same order (patience sorting)."""
    counts, others = Counter(mine), Counter(theirs)
    places = {entry: column for column, entry in enumerate(theirs)}
    once = [(row, places[entry]) for row, entry in enumerate(mine) if counts[entry] == others[entry] == 1]
    tops, before = list[int](), dict[int, int | None]()
    last = list[int]()
    for index, (_, column) in enumerate(once):
        place = bisect_left(tops, column)
        before[index] = last[place - 1] if place else None
        tops[place : place + 1] = [column]
        last[place : place + 1] = [index]
    found, at = list[tuple[int, int]](), last[-1] if last else None
    while at is not None:
        found.append(once[at])
        at = before[at]
    return found[::-1]


def _table(
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
