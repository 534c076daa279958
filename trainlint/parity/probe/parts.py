"""Calls of modules in; how often each that owns something trained runs between two updates out."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from .digests import address


class Parts:
    """Counts calls with gradients; what a checkpointed part computes again in the backward pass is none.

    Hooks on parts would take fast paths of torch away, and with them change numbers; the call itself is
    watched instead.
    """

    def __init__(self) -> None:
        #: The modules that own something trained, and which of the parameters.
        self._owners: dict[int, list[int]] = {}
        self._counts: Counter[int] = Counter()
        self._parameters = 0

    def watch(self) -> None:
        """From here on calls are counted, as soon as it is known of what."""
        plain = torch.nn.Module.__call__

        @functools.wraps(plain)
        def call(module: torch.nn.Module, *args: Any, **more: Any) -> Any:
            if id(module) in self._owners and _counts():
                self._counts[id(module)] += 1
            return plain(module, *args, **more)

        torch.nn.Module.__call__ = call  # type: ignore[method-assign]  # that is the purpose

    def look(self, networks: Iterable[torch.nn.Module], parameters: Sequence[Tensor]) -> None:
        """Note which parts of the networks own which parameters themselves."""
        places = {address(entry): place for place, entry in enumerate(parameters)}
        self._parameters = len(parameters)
        for network in networks:
            for part in network.modules():
                held = [address(entry) for entry in part._parameters.values() if entry is not None]
                own = [places[entry] for entry in held if entry in places]
                if own:
                    self._owners[id(part)] = own

    def taken(self) -> list[int]:
        """How often what owns each parameter was called since the last time."""
        calls = [0] * self._parameters
        for module, count in self._counts.items():
            for place in self._owners[module]:
                calls[place] = max(calls[place], count)
        self._counts.clear()
        return calls


def _counts() -> bool:
    """Whether this is a pass that gradients may be asked of, and no backward pass."""
    return torch.is_grad_enabled() and torch._C._current_graph_task_id() == -1
