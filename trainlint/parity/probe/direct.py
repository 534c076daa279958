"""The weights of a new optimizer in; the modules that own them, and calls of their `forward` itself, out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from .alive import alive

#: Goes through the forward method of a module in its own way.
Around = Callable[[torch.nn.Module, Callable[..., Any], tuple[Any, ...], dict[str, Any]], Any]


class Direct:
    """Forward methods, replaced in their classes until it is clear how a program calls its network."""

    def __init__(self, around: Around) -> None:
        self._around = around
        self._replaced: dict[type, Any] = {}

    def look(self, networks: Iterable[torch.nn.Module]) -> None:
        """Replace the methods of networks."""
        for kind in set(map(type, networks)):
            compiled = issubclass(kind, torch.jit.ScriptModule)
            if kind not in self._replaced and not kind.__module__.startswith("torch.") and not compiled:
                self._replace(kind)

    def put_back(self) -> None:
        """As they were: the program calls its network and not its forward method."""
        for kind, own in self._replaced.items():
            if own is None:
                del kind.forward  # type: ignore[attr-defined]  # put there below
            else:
                kind.forward = own  # type: ignore[attr-defined]  # as above
        self._replaced.clear()

    def _replace(self, kind: Any) -> None:
        plain = kind.forward
        self._replaced[kind] = vars(kind).get("forward")

        @functools.wraps(plain)
        def forward(module: torch.nn.Module, *args: Any, **more: Any) -> Any:
            return self._around(module, functools.partial(plain, module), args, more)

        kind.forward = forward


def networks_of(parameters: Iterable[Tensor]) -> list[torch.nn.Module]:
    """The outermost modules that own some of the weights."""
    wanted = {id(entry) for entry in parameters}
    (modules,) = alive(torch.nn.Module)
    owners = [entry for entry in modules if any(id(weight) in wanted for weight in entry.parameters())]
    inner = {id(part) for owner in owners for part in owner.modules() if part is not owner}
    return [owner for owner in owners if id(owner) not in inner]
