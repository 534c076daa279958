"""Kinds of objects in, those of each kind that are alive in the program out."""

from __future__ import annotations

import gc
from typing import Any


def alive(*kinds: type | tuple[type, ...]) -> list[list[Any]]:
    """The objects of each kind that the garbage collector knows, each under the first kind that it is of.

    Types are asked and not objects: a proxy may do anything when it is looked at.
    """
    every = gc.get_objects()
    types = set(map(type, every))
    found = []
    for wanted in kinds:
        own = {kind for kind in types if issubclass(kind, wanted)}
        types -= own
        found.append([entry for entry in every if type(entry) in own])
    return found
