"""The path of a checkpoint in, what it holds out: chosen by how the file begins, never by its name alone."""

from __future__ import annotations

import json
from pathlib import Path

from trainlint.facts.checkpoint import (
    Checkpoint,
    Damage,
    Stored,
    StoredList,
    StoredOther,
    StoredTable,
    StoredTensor,
    StoredValue,
    UnreadCheckpoint,
)
from trainlint.parse.checkpoint.contents import contents
from trainlint.parse.checkpoint.opcodes import PickleError, read_structure
from trainlint.parse.checkpoint.safetensors import read_safetensors
from trainlint.parse.checkpoint.torch_file import LEGACY, read_torch_file
from trainlint.source import MAX_REGION, Files

_POINTER = b"version https://git-lfs.github.com/spec/"
#: What a folder of weights is entered by, in the order in which libraries look for it.
_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_SINGLE = ("model.safetensors", "pytorch_model.bin", "adapter_model.safetensors", "adapter_model.bin")
#: The pickle at the head of a folder that `torch.distributed.checkpoint` wrote.
_DISTRIBUTED = ".metadata"


def read_checkpoint(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    """What a file or folder of weights holds, or why that is not known."""
    if files.is_dir(path):
        return _folder(path, files)
    shown = files.display(path)
    head = files.region(path, 0, 64)
    if not head:
        return UnreadCheckpoint(shown, "it is empty", Damage.EMPTY)
    if head.startswith(_POINTER):
        reason = "it is a Git LFS pointer, not the file that it stands for"
        return UnreadCheckpoint(shown, reason, Damage.POINTER)
    if head.startswith(b"PK\x03\x04"):
        return read_torch_file(path, files)
    if head.startswith(LEGACY):
        return UnreadCheckpoint(shown, "the format of torch before 1.6 is not read")
    if path.name.endswith(".index.json"):
        return _sharded(path, files)
    if path.suffix == ".safetensors":
        return read_safetensors(path, files)
    return UnreadCheckpoint(shown, "its format is not read")


def _folder(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    for name in _INDEXES:
        if files.is_file(path / name):
            return _sharded(path / name, files)
    for name in _SINGLE:
        if files.is_file(path / name):
            return read_checkpoint(path / name, files)
    if files.is_file(path / _DISTRIBUTED):
        return _distributed(path / _DISTRIBUTED, files)
    return UnreadCheckpoint(files.display(path), "it is a folder without weights that are read")


def _sharded(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    """The tensors of all shards that an index names; a shard that is not there is `missing`."""
    source = files.peek(path)
    try:
        index = json.loads(source.text) if source is not None else None
    except (ValueError, RecursionError):
        index = None
    names = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        return UnreadCheckpoint(files.display(path), "it is no index of shards")
    found: dict[str | int, Stored] = {}
    read, missing = [files.display(path)], []
    for name in dict.fromkeys(names.values()):
        shard = path.parent / name
        if not files.is_file(shard):
            missing.append(files.display(shard))
            continue
        part = read_checkpoint(shard, files)
        if isinstance(part, UnreadCheckpoint):
            return part
        read += part.files
        if isinstance(part.root, StoredTable):
            found |= part.root.entries
    for tensor in names:
        found.setdefault(tensor, StoredOther("a tensor of a shard that is not there"))
    return Checkpoint("sharded", StoredTable(found), tuple(read), tuple(missing))


def _distributed(path: Path, files: Files) -> Checkpoint | UnreadCheckpoint:
    """What the metadata of a distributed checkpoint list."""
    shown = files.display(path.parent)
    try:
        structure = contents(read_structure(files.region(path, 0, MAX_REGION)))
    except PickleError as error:
        return UnreadCheckpoint(shown, f"its `.metadata` {error}")
    listed = structure.entries.get("state_dict_metadata") if isinstance(structure, StoredTable) else None
    if not isinstance(listed, StoredTable):
        return UnreadCheckpoint(shown, "its `.metadata` does not list tensors")
    entries = {key: _listed(entry) for key, entry in listed.entries.items()}
    shards = tuple(files.display(path.parent / name) for name in files.entries(path.parent))
    return Checkpoint("distributed", StoredTable(entries), shards)


def _listed(entry: Stored) -> Stored:
    """A tensor of a distributed checkpoint: its size, and the type that its properties name."""
    if not isinstance(entry, StoredTable):
        return entry
    size = entry.entries.get("size")
    if not isinstance(size, StoredList):
        return StoredOther("bytes")
    shape = tuple(
        item.value for item in size.items if isinstance(item, StoredValue) and isinstance(item.value, int)
    )
    properties = entry.entries.get("properties")
    dtype = properties.entries.get("dtype") if isinstance(properties, StoredTable) else None
    named = dtype.type.removeprefix("torch.") if isinstance(dtype, StoredOther) else "unknown"
    return StoredTensor(shape, named)
