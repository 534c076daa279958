"""What wandb wrote without a network: its file of records in, the rows that a run logged out.

The file is a log of LevelDB: after seven bytes, blocks of 32 KiB with fragments, each with a check sum
(4 bytes), a length (2) and a kind (1). `wandb sync` sends what it holds.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import wandb
from wandb.proto import wandb_internal_pb2 as protocol

_HEADER, _BLOCK, _FRAGMENT = 7, 1 << 15, 7
#: Kinds of fragments that end a record: the whole of it, its last part.
_ENDS = {1, 4}


def offline_runs(folder: Path) -> list[tuple[str, str, dict[int, dict[str, float]]]]:
    """Each session in `folder`, oldest first: its run, its project, and what was logged at each step."""
    # The service that writes the files answers before it has closed them; it has when it is gone.
    wandb.teardown()
    return [_session(file) for file in sorted(folder.glob("wandb/offline-run-*/*.wandb"))]


def _session(file: Path) -> tuple[str, str, dict[int, dict[str, float]]]:
    run, project = "", ""
    rows: dict[int, dict[str, float]] = {}
    for data in _records(file.read_bytes()):
        record = protocol.Record.FromString(data)
        if record.HasField("run"):
            run, project = record.run.run_id, record.run.project
        if record.HasField("history"):
            items = {
                item.key or item.nested_key[0]: json.loads(item.value_json) for item in record.history.item
            }
            named = {name: value for name, value in items.items() if not name.startswith("_")}
            rows.setdefault(items["_step"], {}).update(named)
    return run, project, rows


def _records(data: bytes) -> Iterator[bytes]:
    place, parts = _HEADER, b""
    while place + _FRAGMENT <= len(data):
        if (left := _BLOCK - place % _BLOCK) < _FRAGMENT:
            place += left
            continue
        length, kind = struct.unpack_from("<HB", data, place + 4)
        start = place + _FRAGMENT
        parts += data[start : start + length]
        place = start + length
        if kind in _ENDS:
            yield parts
            parts = b""
