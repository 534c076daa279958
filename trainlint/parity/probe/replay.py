"""The stream of a reference run in; at each phase of this run the reference's values put in place of its own.

What this run makes of each phase has been recorded by then, so that every phase is seen with the inputs that
the reference had: what still differs differs by itself and not because of what came before.
"""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .containers import mapped
from .randomness import put
from .stream import RECORD, Stream

Key = tuple[str, int, int]


class Replay:
    """What the reference held at each phase, on the rank that this process is.

    `links` is a file that says which parameters of the reference make the same whole as which of this run.
    Nothing is read before it is needed: most processes of a run never train, and one that does knows its rank
    by then.
    """

    def __init__(self, folder: str, links: str, stream: Stream) -> None:
        self._folder = Path(folder)
        self._stream = stream
        self._links: list[dict[str, Any]] = json.loads(Path(links).read_text("utf-8"))

    @cached_property
    def _reference(self) -> _Reference:
        # Of several processes of a rank the one that made the updates.
        found = self._folder.glob(f"rank{self._stream.rank}-*.jsonl")
        return max(map(_Reference, sorted(found)), key=lambda one: one.updates)

    def weights(self, kind: str, step: int, parameters: Sequence[Tensor]) -> None:
        """Set the weights to those of the reference, before its first pass or after an update."""
        self._set(self._reference.held.get((kind, step, 0)), parameters)

    def settled(self, step: int, parameters: Sequence[Tensor]) -> None:
        """Set the weights to those that the reference went on with after an update, -1: began with."""
        digested = ("update", step, 0) if step >= 0 else ("init", 0, 0)
        held = self._reference.held
        self._set(held.get(("settled", step, 0), held.get(digested)), parameters)

    def _set(self, event: Mapping[str, Any] | None, parameters: Sequence[Tensor]) -> None:
        if event is None:
            return
        with torch.no_grad():
            for place, value in self._values(lambda other: event["tensors"][other], parameters):
                parameters[place].copy_(value)

    def gradients(self, kind: str, step: int, parameters: Sequence[Tensor]) -> None:
        """Set the gradients to those of the reference."""
        event = self._reference.held.get((kind, step, 0))
        if event is None:
            return
        for place, value in self._values(lambda other: event["tensors"][other], parameters):
            own = parameters[place].grad
            if own is not None:
                own.detach().copy_(value)

    def averages(self, step: int, parameters: Sequence[Tensor], state: Mapping[Any, dict[str, Any]]) -> None:
        """Set what an optimizer remembers of each parameter to what the reference's does."""
        event = self._reference.held.get(("update", step, 0))
        if event is None:
            return
        for key in {key for own in parameters for key in state.get(own, {})}:
            numbers, kinds = partial(_average, event, key), partial(_kind, event, key)
            for place, value in self._values(numbers, parameters, kinds):
                own = state.get(parameters[place], {}).get(key)
                if isinstance(own, Tensor) and own.numel() == value.numel():
                    own.copy_(value.reshape(own.shape))

    def draws(self, kind: str, step: int, index: int) -> None:
        """Set all random generators to the reference's states."""
        event = self._reference.held.get((kind, step, index))
        for name, number in ({} if event is None else event["generators"]).items():
            state = self._tensor(number, [-1], torch.uint8)
            if state is not None:
                put(name, state)

    def inputs(self, step: int, index: int, args: Any, kwargs: Any) -> tuple[Any, ...]:
        """What entered the network in the reference, in the same containers."""
        event = self._reference.held.get(("forward", step, index))
        if event is None:
            return args, kwargs
        pairs = zip(event["inputs"], event["tensors"], strict=True)
        theirs = iter([self._tensor(number, shape, _dtype(dtype)) for (_, shape, dtype), number in pairs])
        return tuple(mapped(value, lambda own: _taken(own, theirs)) for value in (args, kwargs))

    def _values(
        self,
        number: Callable[[int], int],
        parameters: Sequence[Tensor],
        kind: Callable[[int], Sequence[Any] | None] = lambda _: None,
    ) -> Iterator[tuple[int, Tensor]]:
        """Places of parameters of this run with what the reference's hold that make the same whole.

        `kind`: shape and type of what they hold, None where these are the parameter's.
        """
        for link in self._links:
            numbers = [number(place) for place in link["reference"]["parts"]]
            places = link["candidate"]["parts"]
            if any(entry < 0 for entry in numbers) or any(place >= len(parameters) for place in places):
                continue
            described = [
                kind(place) or self._reference.parameters[place][1:3] for place in link["reference"]["parts"]
            ]
            parts = [
                self._tensor(entry, shape, _dtype(dtype))
                for entry, (shape, dtype) in zip(numbers, described, strict=True)
            ]
            there = [part for part in parts if part is not None]
            if len(there) == len(parts):
                own = [parameters[place] for place in places]
                yield from zip(
                    places, _divided(_whole(there, link["reference"]), link["candidate"], own), strict=False
                )

    def _tensor(self, number: int, shape: Sequence[int], dtype: torch.dtype) -> Tensor | None:
        contents = self._reference.contents(number)
        if not contents:
            return None
        values = torch.frombuffer(contents, dtype=dtype)
        fits = -1 in shape or values.numel() == math.prod(shape)
        # What an optimizer remembers may have a shape of its own; a scalar counts its updates.
        return values.reshape(tuple(shape)) if fits else values.squeeze()


class _Reference:
    """What a process of the reference left in its files."""

    def __init__(self, events: Path) -> None:
        self.parameters: list[list[Any]] = []
        self.held: dict[Key, dict[str, Any]] = {}
        #: How many updates it has made.
        self.updates = 0
        self._records = events.with_suffix(".tensors").read_bytes()
        with events.with_suffix(".contents").open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            self._contents = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        for line in events.read_text("utf-8").splitlines():
            self._keep(json.loads(line))

    def contents(self, number: int) -> bytearray:
        """The bytes of a tensor, none where they were not kept."""
        *_, place, size = RECORD.unpack_from(self._records, number * RECORD.size)
        return bytearray(self._contents[place : place + size] if place >= 0 else b"")

    def _keep(self, event: dict[str, Any]) -> None:
        kind, step = event["event"], event.get("step", 0)
        if kind == "init":
            self.parameters = event["parameters"]
        elif kind == "settled":
            self.held[kind, self.updates - 1, 0] = event
        elif kind == "update":
            self.updates = step + 1
        index = event.get("index", 0)
        if kind in ("init", "forward", "output", "raw", "gradients", "update"):
            self.held.setdefault((kind, step, index), event)


def _average(event: Mapping[str, Any], key: str, place: int) -> int:
    """The record of what the optimizer remembers of a parameter under a name, below 0 where it does not."""
    number: int = event["state"][place].get(key, -1)
    return number


def _kind(event: Mapping[str, Any], key: str, place: int) -> Sequence[Any] | None:
    """Shape and type of what the optimizer remembers, None where they are the parameter's."""
    found: Sequence[Any] | None = event["kinds"][place].get(key)
    return found


def _whole(parts: Sequence[Tensor], form: Mapping[str, Any]) -> Tensor:
    """The tensor that parts make: one below the other, turned before that, rows in another order."""
    turned = [part.T if form["is_turned"] and part.dim() == 2 else part for part in parts]
    if not all(part.dim() for part in turned):
        return turned[0]
    value = torch.cat(turned) if len(turned) > 1 else turned[0]
    return value[form["rows"]] if form["rows"] else value


def _divided(value: Tensor, form: Mapping[str, Any], own: Sequence[Tensor]) -> list[Tensor]:
    """The parts that make a tensor, each of the shape of its own; nothing where they do not fit."""
    if not value.dim():
        return [value for _ in own]
    if form["rows"]:
        ordered = torch.empty_like(value)
        ordered[form["rows"]] = value
        value = ordered
    heights = [part.shape[-1 if form["is_turned"] and part.dim() == 2 else 0] for part in own if part.dim()]
    if sum(heights) != value.shape[0]:
        return []
    parts = [part.T if form["is_turned"] and part.dim() == 2 else part for part in value.split(heights)]
    return parts if all(one.shape == other.shape for one, other in zip(parts, own, strict=True)) else []


def _dtype(name: str) -> torch.dtype:
    found: torch.dtype = getattr(torch, name.removeprefix("torch."))
    return found


def _taken(own: Tensor, theirs: Iterator[Tensor | None]) -> Tensor:
    """The next of the reference's tensors, where it has the same shape and type."""
    other = next(theirs, None)
    alike = other is not None and other.shape == own.shape and other.dtype == own.dtype
    return other.to(own.device) if alike and other is not None else own
