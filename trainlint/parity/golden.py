"""A recorded run of a reference as text in and out: what it showed, how far rounding moves it, where it ran.

Of tensors the file holds digests only. The first line says what it is, the last one how many lines there are
and their checksum, so that nothing cut off or changed by hand is compared with.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from trainlint.facts.parity import Noise, Phase, Site
from trainlint.parity.compare import Key
from trainlint.parity.launch import Ended
from trainlint.parity.sides import Side
from trainlint.parity.trace import Event, Trace
from trainlint.parity.trial import Trial
from trainlint.record import record
from trainlint.source import put

FORMAT = "trainlint parity recording"
#: Another number means that the events mean something else; there is no reading across.
VERSION = 2
#: Where the recorded program seems to lie: its own folders are not the reader's matter.
_ROOT = Path("/recorded")
#: Events that tell of one process and not of training.
_LEFT_OUT = ("start", "left")
_AGAIN = "record it again with --record"
_GIVE = "give --against a file that --record has written"
#: Bytes of the longest first line, which holds the command and where it ran.
_HEAD = 1 << 20


class GoldenError(ValueError):
    """A file is no recording that can be compared with; the message says why, and what to do."""


@record
class Golden:
    """A recorded run.

    `moved` is how far each quantity moved where weights were nudged, `noise` what moves by itself.
    """

    trial: Trial
    surroundings: Mapping[str, Any]
    moved: Mapping[Key, float]
    noise: tuple[Noise, ...]
    compiled: bool


def write(golden: Golden, path: Path) -> None:
    """Put the recording into a file at once: whoever reads it meanwhile sees the old one or the new one."""
    lines = [json.dumps(line, separators=(",", ":")) for line in _lines(golden)]
    body = "".join(f"{line}\n" for line in lines)
    end = json.dumps({"lines": len(lines), "crc": zlib.crc32(body.encode())})
    fault = put(path.absolute(), f"{body}{end}\n".encode())
    if fault is not None:
        raise GoldenError(f"{path} cannot be written: {fault}; give --record a file in another folder")


def read(path: Path) -> Golden:
    """The recording in a file. Raises GoldenError."""
    text = _text(path)
    body, _, end = text.rstrip("\n").rpartition("\n")
    head = _object(text.partition("\n")[0])
    if head.get("version") != VERSION:
        raise GoldenError(
            f"{path} has version {head.get('version')} of the format, this is version {VERSION}: {_AGAIN}"
        )
    if _object(end) != {"lines": body.count("\n") + 1, "crc": zlib.crc32(f"{body}\n".encode())}:
        raise GoldenError(f"{path} is cut off or was changed: {_AGAIN}")
    return _golden(head, [json.loads(line) for line in body.splitlines()[1:]])


def _text(path: Path) -> str:
    """All of a file that begins as recordings do: another may be as long as a checkpoint, or endless."""
    try:
        with path.open("rb") as file:
            head = file.readline(_HEAD)
            if _object(head.decode("utf-8", "replace")).get("format") != FORMAT:
                raise GoldenError(f"{path} is no recording of trainlint: {_AGAIN}")
            return (head + file.read()).decode()
    except OSError as error:
        raise GoldenError(f"{path} cannot be read: {error.strerror}; {_GIVE}") from error
    except UnicodeDecodeError as error:
        raise GoldenError(f"{path} is cut off or was changed: {_AGAIN}") from error


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _lines(golden: Golden) -> Iterator[dict[str, Any]]:
    trial = golden.trial
    yield {
        "format": FORMAT,
        "version": VERSION,
        "side": _described(trial.side),
        "seconds": round(trial.ended.seconds, 3),
        "code": trial.ended.code,
        "compiled": golden.compiled,
        "surroundings": dict(golden.surroundings),
    }
    for trace in trial.traces:
        packed = base64.b64encode(zlib.compress(trace.records, 9)).decode()
        yield {"rank": trace.rank, "records": packed}
        for event in trace.events:
            if event.kind not in _LEFT_OUT:
                yield {"event": _relative(dict(event.data), f"{trace.folder}{os.sep}")}
    moved: dict[tuple[Phase, str], dict[int, float]] = {}
    for (step, phase, quantity), apart in golden.moved.items():
        moved.setdefault((phase, quantity), {})[step] = float(f"{apart:.4g}")
    for (phase, quantity), by_step in moved.items():
        yield {"moved": quantity, "phase": phase.value, "by": list(by_step.items())}
    for entry in golden.noise:
        site = None if entry.site is None else [entry.site.file, entry.site.line]
        yield {"noise": entry.quantity, "phase": entry.phase.value, "site": site, "told": entry.told}


def _relative(value: Any, folder: str) -> Any:
    """What the probe wrote, without the folder of the copy that the program ran in."""
    if isinstance(value, str):
        return value.replace(folder, "")
    if isinstance(value, list):
        return [_relative(entry, folder) for entry in value]
    if isinstance(value, dict):
        return {key: _relative(entry, folder) for key, entry in value.items()}
    return value


def _described(side: Side) -> dict[str, Any]:
    """How a side is started; its variables may hold what nobody wants in a file."""
    script = side.script.name if side.stays else side.placed(side.script).as_posix()
    return {
        "script": script,
        "folder": side.placed(side.folder).as_posix(),
        "arguments": list(side.arguments),
        "python": Path(side.python).name,
        "processes": side.processes,
        "module": side.module,
        "launched": side.launched,
    }


def _golden(head: Mapping[str, Any], lines: list[dict[str, Any]]) -> Golden:
    started = head["side"]
    side = Side(
        name="reference",
        script=_ROOT / PurePosixPath(started["script"]),
        arguments=tuple(started["arguments"]),
        folder=_ROOT / PurePosixPath(started["folder"]),
        variables=(),
        python=started["python"],
        processes=started["processes"],
        module=started["module"],
        launched=started["launched"],
    )
    trial = Trial(
        "reference, recorded", side, Ended(head["code"], "", head["seconds"], "", ""), _ROOT, _traces(lines)
    )
    moved = {
        (step, Phase(line["phase"]), line["moved"]): apart
        for line in lines
        if "moved" in line
        for step, apart in line["by"]
    }
    noise = tuple(_noise(line) for line in lines if "noise" in line)
    return Golden(trial, head["surroundings"], moved, noise, head["compiled"])


def _noise(line: Mapping[str, Any]) -> Noise:
    site = None if line["site"] is None else Site(*line["site"])
    return Noise(Phase(line["phase"]), line["noise"], site, line["told"])


def _traces(lines: list[dict[str, Any]]) -> tuple[Trace, ...]:
    found: list[tuple[dict[str, Any], list[Event]]] = []
    for line in lines:
        if "records" in line:
            found.append((line, []))
        elif "event" in line:
            data = line["event"]
            found[-1][1].append(Event(data["event"], data.get("step", 0), data))
    return tuple(
        Trace(head["rank"], tuple(events), zlib.decompress(base64.b64decode(head["records"])), b"", _ROOT)
        for head, events in found
    )
