"""Networks that are trained in; calls of copies of them, as averages and frozen teachers are, out."""

from __future__ import annotations

import functools
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from .alive import alive
from .digests import address

#: Goes through the call of a copy in its own way.
Around = Callable[[torch.nn.Module, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


class Copies:
    """Watches calls of the classes of what is trained: a copy is of the same class.

    It has parameters of the same shapes and none of those that are trained.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._watched: set[type] = set()
        #: The shapes of what is trained of networks of a class.
        self._shapes: dict[type, list[Counter[torch.Size]]] = {}
        self._trained: set[int] = set()
        self._known: dict[int, tuple[weakref.ref[torch.nn.Module], bool]] = {}
        #: Whether a copy is at work.
        self._is_inside = False

    def look(self, networks: Iterable[torch.nn.Module], trained: Sequence[Tensor]) -> None:
        """Watch the classes of networks, and of what these merely wrap."""
        self._trained = {address(entry) for entry in trained}
        self._known.clear()
        for network in networks:
            shapes = Counter(entry.shape for entry in network.parameters() if address(entry) in self._trained)
            for kind in map(type, _wrapped(network)):
                self._shapes.setdefault(kind, []).append(shapes)
        for kind in self._shapes.keys() - self._watched:
            self._watched.add(kind)
            if not issubclass(kind, torch.jit.ScriptModule):
                self._watch(kind)

    def alive(self) -> list[torch.nn.Module]:
        """All copies that there are."""
        (modules,) = alive(torch.nn.Module)
        return [entry for entry in modules if self._is_copy(entry)]

    def _watch(self, kind: Any) -> None:
        own = vars(kind).get("__call__")
        base: Any = next(entry for entry in kind.__mro__[1:] if "__call__" in vars(entry))

        @functools.wraps(own or torch.nn.Module.__call__)
        def call(module: Any, *args: Any, **more: Any) -> Any:
            # Asked each time: what looks for networks puts another into the place of torch's own.
            plain = functools.partial(base.__call__ if own is None else own, module)
            if self._is_inside or not self._is_copy(module):
                return plain(*args, **more)
            self._is_inside = True
            try:
                return self._around(module, plain, args, more)
            finally:
                self._is_inside = False

        kind.__call__ = call

    def _is_copy(self, module: torch.nn.Module) -> bool:
        known, is_copy = self._known.get(id(module), (None, False))
        if known is None or known() is not module:
            is_copy = self._is_like(module)
            self._known[id(module)] = weakref.ref(module), is_copy
        return is_copy

    def _is_like(self, module: torch.nn.Module) -> bool:
        """Whether it has the shapes of what is trained, and nothing of that itself."""
        held = list(module.parameters())
        shapes = Counter(entry.shape for entry in held)
        if all(wanted - shapes for wanted in self._shapes.get(type(module), ())):
            return False
        return not any(entry.is_meta or address(entry) in self._trained for entry in held)


def _wrapped(module: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """A network, and what it passes everything on to."""
    yield module
    inner = list(module.children())
    if len(inner) == 1 and not module._parameters:
        yield from _wrapped(inner[0])
