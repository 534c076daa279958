"""A safetensors file in, names, shapes and types of its tensors out: the header is all that is read."""

from __future__ import annotations

import json
import struct
from pathlib import Path

from trainlint.facts.checkpoint import Checkpoint, Damage, Stored, StoredTable, StoredTensor, UnreadCheckpoint
from trainlint.source import MAX_REGION, Files

_TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "BOOL": "bool",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "C64": "complex64",
}


def read_safetensors(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    """What the header of a safetensors file says."""
    shown, length = files.display(path), files.size(path) or 0
    head = files.region(path, 0, 8)
    size = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
    if not 2 <= size <= MAX_REGION:
        return UnreadCheckpoint(shown, "it has no safetensors header")
    if 8 + size > length:
        return UnreadCheckpoint(shown, "it is cut off inside its header", Damage.CUT_OFF)
    try:
        header = json.loads(files.region(path, 8, size))
    except (ValueError, RecursionError):
        return UnreadCheckpoint(shown, "its safetensors header is no JSON")
    if not isinstance(header, dict):
        return UnreadCheckpoint(shown, "its safetensors header is no mapping")
    found: dict[str | int, Stored] = {}
    end = 0
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        tensor = _tensor(entry)
        if tensor is None:
            return UnreadCheckpoint(shown, f"its safetensors header is damaged at `{name}`")
        found[name], last = tensor
        end = max(end, last)
    if 8 + size + end > length:
        reason = f"it is cut off: {length} bytes of {8 + size + end}"
        return UnreadCheckpoint(shown, reason, Damage.CUT_OFF)
    return Checkpoint("safetensors", StoredTable(found), (shown,))


def _tensor(entry: object) -> tuple[StoredTensor, int] | None:
    """A tensor of the header and where its data end."""
    if not isinstance(entry, dict):
        return None
    shape, offsets = _whole_numbers(entry.get("shape")), _whole_numbers(entry.get("data_offsets"))
    kind = entry.get("dtype")
    if shape is None or offsets is None or len(offsets) != 2:
        return None
    dtype = _TYPES.get(kind, kind.lower()) if isinstance(kind, str) else "unknown"
    return StoredTensor(shape, dtype), offsets[1]


def _whole_numbers(value: object) -> tuple[int, ...] | None:
    if isinstance(value, list) and all(type(entry) is int and entry >= 0 for entry in value):
        return tuple(value)
    return None
