"""What a program saves in; the numbers in its tables and lists, by where they stand, out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

#: How deep numbers are looked for: in tables, in lists, and in lists of how many entries. Longer ones are
#: states of generators.
_DEPTH = 3
_LISTS = 2
_ENTRIES = 64
#: So many numbers of a file are read.
_NUMBERS = 512
#: Lists of a scheduler with an entry for each group of an optimizer.
_OF_GROUPS = ("base_lrs", "_last_lr")


def numbers_in(value: object) -> dict[str, float]:
    """How far a run has come, the best that it has seen; a table with words in it is one of settings."""
    return dict(islice(_numbers(value), _NUMBERS))


def _numbers(
    value: Any, path: str = "", depth: int = _DEPTH, lists: int = _LISTS
) -> Iterator[tuple[str, float]]:
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < sys.float_info.max):
        yield path, float(value)
    elif isinstance(value, Mapping) and depth and not (path and _has_words(value.values())):
        for key, entry in value.items():
            if key not in _OF_GROUPS:
                yield from _numbers(entry, f"{path}.{key}" if path else str(key), depth - 1, lists)
    elif isinstance(value, (list, tuple)) and lists and len(value) <= _ENTRIES and not _is_of_another(value):
        for place, entry in enumerate(value):
            yield from _numbers(entry, f"{path}.{place}" if path else str(place), depth, lists - 1)


def _is_of_another(entries: Sequence[Any]) -> bool:
    """Whether a list is the state of a generator, or the groups of an optimizer, whose order is its own."""
    return _has_words(entries) or any(isinstance(entry, Mapping) and "params" in entry for entry in entries)


def _has_words(entries: Iterable[Any]) -> bool:
    return any(isinstance(entry, str) for entry in entries)
