"""The files that a watched run left in, its events and the digests that they refer to out."""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainlint.facts.parity import Digest, Site
from trainlint.parity.probe.stream import RECORD
from trainlint.record import record


@record
class Event:
    """Something that happened: its kind, the updates done before it, and what the probe noted of it."""

    kind: str
    step: int
    data: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.data[name]


@record
class Trace:
    """One process of a watched run; `folder` is what files of the program are told relative to."""

    rank: int
    events: tuple[Event, ...]
    records: bytes
    contents: bytes | memoryview
    folder: Path

    @property
    def updates(self) -> int:
        """How many updates were made."""
        return max((event.step + 1 for event in self.events if event.kind == "update"), default=0)

    @property
    def is_stopped(self) -> bool:
        """Whether the run was ended as planned."""
        return any(event.kind == "stopped" for event in self.events)

    @property
    def kept(self) -> int:
        """How many updates contents were kept of, all from the first on that they should be kept of."""
        full = self.first("full")
        return self.updates if full is None else full.step

    def first(self, kind: str) -> Event | None:
        """The first event of a kind."""
        return next((event for event in self.events if event.kind == kind), None)

    def digest(self, number: int, shape: list[int], dtype: str) -> Digest:
        """The tensor of a record."""
        crc, norm, total, largest, place, size = RECORD.unpack_from(self.records, number * RECORD.size)
        contents = None if place < 0 else self.contents[place : place + size]
        return Digest(tuple(shape), dtype, crc, norm, total, largest, contents)

    def site(self, event: Event) -> Site | None:
        """The line of the program that an event came from."""
        return self.line(event.data.get("at", ""))

    def line(self, at: str) -> Site | None:
        """The line of the program that the probe noted."""
        file, _, line = at.rpartition(":")
        if not file:
            return None
        path = Path(file)
        if path.is_relative_to(self.folder):
            file = path.relative_to(self.folder).as_posix()
        return Site(file, int(line))


def read_traces(folder: Path, working: Path) -> tuple[Trace, ...]:
    """The processes that trained, by rank.

    A process that was killed may leave half a line; what is whole before it counts. Of the processes of a
    rank those without updates (one that was forked to save, or to evaluate) are left out if another has some.
    """
    found = [_read(path, working) for path in sorted(folder.glob("*.jsonl"))]
    trained = {trace.rank for trace in found if trace.updates}
    kept = [trace for trace in found if trace.updates or trace.rank not in trained]
    return tuple(sorted(kept, key=lambda trace: trace.rank))


def _read(path: Path, working: Path) -> Trace:
    rank = int(path.stem.partition("-")[0].removeprefix("rank"))
    records = path.with_suffix(".tensors").read_bytes()
    events = _settled(_placed(_events(path.read_text("utf-8", errors="replace"))))
    return Trace(rank, events, records, _mapped(path.with_suffix(".contents")), working.resolve())


def _settled(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events, with weights as training went on with them: a program may change them by then."""
    found: list[Event] = []
    last = None
    for event in events:
        if event.kind != "settled":
            last = len(found) if event.kind in ("init", "update") else last
            found.append(event)
        elif last is not None:
            found[last] = replace(found[last], data={**found[last].data, "tensors": event["tensors"]})
    return tuple(found)


def _placed(events: Iterable[Event]) -> Iterator[Event]:
    """The events, what torch makes at the line that asked for it: gradients come of a backward pass."""
    asked: dict[str, str] = {}
    for event in events:
        at = asked.get(event.kind, event.data.get("at", ""))
        if event.kind == "backward" or event.data.get("trained"):
            asked["raw"] = at
        elif event.kind == "clip":
            asked["gradients"] = at
        elif event.kind == "step":
            asked["update"] = at
        elif event.kind == "update":
            asked.pop("gradients", None)
        yield replace(event, data={**event.data, "at": at}) if event.kind in asked and at else event


def _mapped(path: Path) -> memoryview:
    """A file's bytes, which are read when they are looked at: there may be more than fit into memory."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")


def _events(text: str) -> Iterator[Event]:
    for line in text.splitlines():
        try:
            data = json.loads(line)
        except ValueError:
            return
        yield Event(data["event"], data.get("step", 0), data)
