"""Functions of libraries in, watched ones in their place out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

_placed: list[tuple[Any, str, Any]] = []


def before(owner: Any, name: str, seen: Callable[..., None]) -> None:
    """Call `seen` with the same arguments before each call of a function."""
    plain = getattr(owner, name)

    @functools.wraps(plain)
    def watched(*args: Any, **more: Any) -> Any:
        # What is traced is run later, without Python.
        if not torch.compiler.is_compiling():
            seen(*args, **more)
        return plain(*args, **more)

    if isinstance(owner, ModuleType):
        # Where it is found again when it is pickled.
        watched.__module__, watched.__qualname__ = owner.__name__, name
    setattr(owner, name, watched)


def passing(owner: Any, name: str, seen: Callable[..., None]) -> None:
    """As `before`, until something is compiled by `torch.jit`, which reads the text of functions."""
    if not _placed:
        for compiler in ("script", "trace"):
            before(torch.jit, compiler, lambda *_, **__: _take_away())
    _placed.append((owner, name, getattr(owner, name)))
    before(owner, name, seen)


def _take_away() -> None:
    while _placed:
        owner, name, plain = _placed.pop()
        setattr(owner, name, plain)
