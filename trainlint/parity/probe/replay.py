"""The stream of a reference run in; at each phase of this run the reference's values put in place of its own.

What this run makes of each phase has been recorded by then, so that every phase is seen with the inputs that
the reference had: what still differs differs by itself and not because of what came before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .stream import RECORD

Key = tuple[str, int, int]


class Replay:
    """What the reference held at each phase.

    `places` gives the reference's number of each parameter of this run.
    """

    def __init__(self, folder: str, rank: str, places: Mapping[str, int]) -> None:
        events = next(Path(folder).glob(f"rank{rank}-*.jsonl"))
        self._records = events.with_suffix(".tensors").read_bytes()
        self._contents = events.with_suffix(".contents").read_bytes()
        self._places = {int(own): other for own, other in places.items()}
        self._parameters: list[list[Any]] = []
        self._held: dict[Key, dict[str, Any]] = {}
        for line in events.read_text("utf-8").splitlines():
            self._keep(json.loads(line))

    def _keep(self, event: dict[str, Any]) -> None:
        kind, step = event["event"], event.get("step", 0)
        if kind == "init":
            self._parameters = event["parameters"]
        index = event.get("index", 0)
        if kind in ("init", "forward", "output", "raw", "gradients", "update"):
            self._held.setdefault((kind, step, index), event)

    def weights(self, kind: str, step: int, parameters: Sequence[Tensor]) -> None:
        """Set the weights to those of the reference, before its first pass or after an update."""
        event = self._held.get((kind, step, 0))
        if event is None:
            return
        with torch.no_grad():
            for own, value in self._values(event["tensors"], parameters):
                own.copy_(value)

    def gradients(self, kind: str, step: int, parameters: Sequence[Tensor]) -> None:
        """Set the gradients to those of the reference."""
        event = self._held.get((kind, step, 0))
        if event is None:
            return
        for own, value in self._values(event["tensors"], parameters):
            if own.grad is not None:
                own.grad.detach().copy_(value)

    def averages(self, step: int, parameters: Sequence[Tensor], state: Mapping[Any, dict[str, Any]]) -> None:
        """Set what an optimizer remembers of each parameter to what the reference's does."""
        event = self._held.get(("update", step, 0))
        if event is None:
            return
        for place, own in enumerate(parameters):
            theirs = event["state"][self._places[place]] if place in self._places else {}
            for name, entry in state.get(own, {}).items():
                value = self._tensor(theirs[name], list(entry.shape), entry.dtype) if name in theirs else None
                if isinstance(entry, Tensor) and value is not None:
                    entry.copy_(value)

    def draws(self, kind: str, step: int, index: int) -> None:
        """Set the generator of torch to the reference's state."""
        event = self._held.get((kind, step, index))
        if event is not None and event.get("generator", -1) >= 0:
            state = self._tensor(event["generator"], [-1], torch.uint8)
            if state is not None:
                torch.set_rng_state(state)

    def inputs(self, step: int, index: int, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """What entered the network in the reference, in the same containers."""
        event = self._held.get(("forward", step, index))
        if event is None:
            return args, kwargs
        pairs = zip(event["inputs"], event["tensors"], strict=True)
        theirs = iter([self._tensor(number, shape, _dtype(dtype)) for (_, shape, dtype), number in pairs])
        return _filled(args, theirs), _filled(kwargs, theirs)

    def _values(
        self, numbers: Sequence[int], parameters: Sequence[Tensor]
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Parameters of this run with the tensors of the reference that belong to them."""
        for place, own in enumerate(parameters):
            other = self._places.get(place)
            if other is not None and numbers[other] >= 0:
                _, shape, dtype, _ = self._parameters[other]
                value = self._tensor(numbers[other], shape, _dtype(dtype))
                if value is not None and value.shape == own.shape:
                    yield own, value

    def _tensor(self, number: int, shape: Sequence[int], dtype: torch.dtype) -> Tensor | None:
        *_, place, size = RECORD.unpack_from(self._records, number * RECORD.size)
        if place < 0:
            return None
        contents = bytearray(self._contents[place : place + size])
        return torch.frombuffer(contents, dtype=dtype).reshape(tuple(shape)) if size else None


def _dtype(name: str) -> torch.dtype:
    found: torch.dtype = getattr(torch, name.removeprefix("torch."))
    return found


def _filled(value: Any, theirs: Iterator[Tensor | None]) -> Any:
    """A value whose tensors are taken from elsewhere, where those have the same shape and type."""
    if isinstance(value, Tensor):
        other = next(theirs, None)
        alike = other is not None and other.shape == value.shape and other.dtype == value.dtype
        return other.to(value.device) if alike and other is not None else value
    if type(value) in (list, tuple):
        return type(value)(_filled(entry, theirs) for entry in value)
    if isinstance(value, dict):
        return {key: _filled(entry, theirs) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.init]
        return replace(value, **{name: _filled(getattr(value, name), theirs) for name in names})
    return value
