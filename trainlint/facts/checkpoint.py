"""Facts of saved checkpoints: names, shapes and types of tensors, and the plain values beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

from trainlint.record import record


@record
class StoredTensor:
    """A tensor; tensors with the same `storage` share their memory (tied weights, views)."""

    shape: tuple[int, ...]
    dtype: str
    storage: str | None = None


@record
class StoredValue:
    """A plain value: text, number, bool or None."""

    value: str | int | float | bool | None


@record
class StoredTable:
    """A mapping, or the attributes of an object; `type` is the class of an object, by its dotted name."""

    entries: Mapping[str | int, Stored]
    type: str | None = None


@record
class StoredList:
    """A list, tuple or set."""

    items: tuple[Stored, ...]


@record
class StoredOther:
    """Something that is saved in a way that is not read; `type` says what it is."""

    type: str


Stored = StoredTensor | StoredValue | StoredTable | StoredList | StoredOther


@record
class Checkpoint:
    """What a checkpoint holds.

    `files` are those that were looked at, `missing` are files of a sharded checkpoint that are not there.
    """

    format: str
    root: Stored
    files: tuple[str, ...]
    missing: tuple[str, ...] = ()


class Damage(Enum):
    """Why a file cannot be loaded by anyone."""

    POINTER = "pointer"
    CUT_OFF = "cut off"
    EMPTY = "empty"


@record
class UnreadCheckpoint:
    """A checkpoint that was not read; `reason` completes "x: …". With `damage` nothing can load it."""

    file: str
    reason: str
    damage: Damage | None = None


def stored_at(stored: Stored, path: tuple[str | int, ...]) -> Stored | None:
    """What lies at a path of keys, None when nothing does."""
    current: Stored | None = stored
    for key in path:
        if isinstance(current, StoredTable):
            current = current.entries.get(key)
        elif isinstance(current, StoredList) and isinstance(key, int) and 0 <= key < len(current.items):
            current = current.items[key]
        else:
            return None
    return current


def tensors(stored: Stored, prefix: str = "") -> Iterator[tuple[str, StoredTensor]]:
    """Every tensor below, by its keys joined with dots."""
    if isinstance(stored, StoredTensor):
        yield prefix, stored
        return
    if isinstance(stored, StoredTable):
        below = iter(stored.entries.items())
    elif isinstance(stored, StoredList):
        below = iter(enumerate(stored.items))
    else:
        return
    for key, entry in below:
        yield from tensors(entry, f"{prefix}.{key}" if prefix else str(key))
