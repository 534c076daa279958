"""Calls of modules in; how often each part of a network runs in a call of the outermost one out."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import torch

from .progress import Progress
from .stream import Stream


class Calls:
    """Counts calls by the names that parts have inside the module that is called from outside.

    Hooks on parts would take fast paths of torch away, and with them change numbers; the call itself is
    watched instead. What a checkpointed part computes again in the backward pass is not counted.
    """

    def __init__(self, stream: Stream, progress: Progress) -> None:
        self._stream = stream
        self._progress = progress
        self._names: dict[int, str] = {}
        self._counts: Counter[str] = Counter()
        self._depth = 0
        self._plain = torch.nn.Module.__call__

    def watch(self) -> None:
        """From here on every call is counted."""
        plain = self._plain

        @functools.wraps(plain)
        def call(module: torch.nn.Module, *args: Any, **more: Any) -> Any:
            if torch._C._current_graph_task_id() != -1:
                return plain(module, *args, **more)
            self._begun(module)
            try:
                output = plain(module, *args, **more)
            finally:
                self._depth -= 1
            self._ended(module)
            return output

        torch.nn.Module.__call__ = call  # type: ignore[method-assign]  # that is the purpose

    def _begun(self, module: torch.nn.Module) -> None:
        if self._depth == 0:
            self._names = {id(part): name for name, part in module.named_modules()}
            self._counts = Counter()
        elif id(module) in self._names:
            self._counts[self._names[id(module)]] += 1
        self._depth += 1

    def _ended(self, module: torch.nn.Module) -> None:
        if self._depth == 0 and len(self._names) > 1:
            kinds = {name: self._counts[name] for name in self._names.values() if name}
            self._stream.event(
                "calls",
                step=self._progress.step,
                training=module.training,
                grad=torch.is_grad_enabled(),
                name=type(module).__name__,
                counts=kinds,
            )
