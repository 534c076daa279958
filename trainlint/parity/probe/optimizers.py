"""Optimizers as a program makes and uses them in; their options, gradients, updates and state out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from .digests import address, tensors_in, written
from .parts import Parts
from .progress import Progress
from .randomness import generators
from .replay import Replay
from .settled import Settled
from .sites import site
from .stream import Stream


class Optimizers:
    """All optimizers of a process, in the order in which they are made."""

    def __init__(self, stream: Stream, progress: Progress, replay: Replay | None) -> None:
        self._replay = replay
        self._stream = stream
        self._progress = progress
        self._known: list[torch.optim.Optimizer] = []
        self._updates: dict[int, int] = {}
        self._is_raw_seen = False
        self.settled = Settled(stream, replay)
        self.parts = Parts()
        #: Of the gradients of the update at hand: where each lay, how often it was changed, its record.
        self._digested: dict[int, tuple[int, int, int]] = {}
        self.made: Callable[[], None] = lambda: None

    @property
    def parameters(self) -> list[Tensor]:
        """What the optimizers update, each once, in their order."""
        every = (entry for known in self._known for group in known.param_groups for entry in group["params"])
        return list({id(entry): entry for entry in every}.values())

    @property
    def states(self) -> list[dict[Any, Any]]:
        """What the optimizers remember of each of their parameters."""
        return [state for known in self._known for state in known.state.values()]

    @property
    def used(self) -> set[int]:
        """Where the gradients lie, and what the optimizers remember."""
        grads = [entry.grad for entry in self.parameters if entry.grad is not None]
        return {address(tensor) for _, tensor in tensors_in([self.states, grads])}

    def add(self, optimizer: torch.optim.Optimizer) -> None:
        """A new optimizer; wrappers of another one are not a second."""
        self._stream.open()
        self._progress.begun = True
        self._known.append(optimizer)
        self._updates[id(optimizer)] = 0
        self._stream.event("optimizer", number=len(self._known) - 1, name=type(optimizer).__name__, at=site())
        self.made()

    def zeroed(self, optimizer: torch.optim.Optimizer) -> None:
        """Gradients are about to be dropped."""
        self._stream.event("zero", step=self._progress.step, micro=self._progress.micro, at=site())

    def raw(self) -> None:
        """Gradients are about to be clipped."""
        if not self._is_raw_seen:
            self._is_raw_seen = True
            self._gradients("raw", self._progress.step)

    def clipped(self, name: str, limit: Any, norm: Any) -> None:
        """Gradients have been clipped."""
        self._stream.event(
            "clip",
            step=self._progress.step,
            name=name,
            limit=_number(limit),
            norm=_number(norm),
            at=site(),
        )

    def before(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        """An update begins."""
        step = self._updates.get(id(optimizer), 0)
        self._progress.due(step)
        if not self._is_raw_seen:
            self._gradients("raw", step)
        self._gradients("gradients", step)
        self._is_raw_seen = False
        places = {id(entry): place for place, entry in enumerate(self.parameters)}
        self._stream.event(
            "step",
            step=step,
            number=self._number(optimizer),
            micros=self._progress.micro,
            groups=[_group(group, places) for group in optimizer.param_groups],
            at=site(),
        )

    def after(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        """An update is done."""
        step = self._updates.get(id(optimizer), 0)
        self._updates[id(optimizer)] = step + 1
        states = [optimizer.state.get(entry, {}) for entry in self.parameters]
        kept = [list(tensors_in(state)) for state in states]
        numbers = iter(written((tensor for entries in kept for _, tensor in entries), self._stream))
        self._stream.event(
            "update",
            step=step,
            generators=generators(self._stream),
            number=self._number(optimizer),
            tensors=written(self.parameters, self._stream),
            state=[{path: next(numbers) for path, _ in entries} for entries in kept],
            calls=self.parts.taken(),
            kinds=[_kinds(entry, entries) for entry, entries in zip(self.parameters, kept, strict=True)],
        )
        if self._replay is not None:
            self._replay.weights("update", step, self.parameters)
            self._replay.averages(step, self.parameters, optimizer.state)
            self._replay.draws("update", step, 0)
        self.settled.left(step, self.parameters)
        self._progress.updated(step + 1)

    def _gradients(self, kind: str, step: int) -> None:
        grads = [entry.grad for entry in self.parameters]
        changed = {place: grad for place, grad in enumerate(grads) if not self._is_digested(place, grad)}
        numbers = dict(zip(changed, written(changed.values(), self._stream), strict=True))
        for place, grad in changed.items():
            if type(grad) is Tensor:
                self._digested[place] = (grad.data_ptr(), grad._version, numbers[place])
        records = [
            numbers[place] if place in numbers else self._digested[place][2] for place in range(len(grads))
        ]
        self._stream.event(kind, step=step, tensors=records, at=site())
        if kind == "gradients":
            self._digested.clear()
        if self._replay is not None:
            self._replay.gradients(kind, step, self.parameters)

    def _is_digested(self, place: int, grad: Tensor | None) -> bool:
        """Whether the record of a gradient is there: it was not changed since it was raw."""
        if type(grad) is not Tensor:
            return False
        lies, version, _ = self._digested.get(place, (0, -1, 0))
        return (lies, version) == (grad.data_ptr(), grad._version)

    def _number(self, optimizer: torch.optim.Optimizer) -> int:
        return next((place for place, known in enumerate(self._known) if known is optimizer), -1)


def _kinds(parameter: Tensor, state: Iterable[tuple[str, Tensor]]) -> dict[str, list[object]]:
    """Shape and type of what an optimizer remembers of a parameter, where they are not the parameter's."""
    own = parameter.shape, parameter.dtype
    return {
        path: [list(tensor.shape), str(tensor.dtype)]
        for path, tensor in state
        if (tensor.shape, tensor.dtype) != own
    }


def _group(group: dict[str, Any], places: dict[int, int]) -> dict[str, object]:
    """The options of a parameter group, and which parameters it has."""
    options = {name: _number(value) for name, value in group.items() if name != "params"}
    return {"options": options, "parameters": [places.get(id(entry), -1) for entry in group["params"]]}


def _number(value: Any) -> object:
    """A value as JSON can hold it."""
    if isinstance(value, Tensor):
        return float(value.detach()) if value.numel() == 1 else value.detach().tolist()
    if isinstance(value, tuple | list):
        return [_number(entry) for entry in value]
    return value if isinstance(value, int | float | bool | str) or value is None else str(value)
