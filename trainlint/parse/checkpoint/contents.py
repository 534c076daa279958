"""The structure of a pickle in, what a checkpoint holds out: tensors by the functions that rebuild them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from trainlint.facts.checkpoint import Stored, StoredList, StoredOther, StoredTable, StoredTensor, StoredValue
from trainlint.parse.checkpoint.opcodes import Built, Items, Name, Pairs, Reference

#: Deeper than any state dict; what lies below is only named.
MAX_DEPTH = 60
#: More entries than any checkpoint has; a pickle can describe more than it is long.
MAX_ENTRIES = 1_000_000

#: The type of the elements of each class of storage that is not simply named after it.
_STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
    "ComplexFloatStorage": "complex64",
    "ComplexDoubleStorage": "complex128",
}
#: Calls that only give a mapping, a list or a text of what they are given.
_MAPPINGS = frozenset({"collections.OrderedDict", "collections.defaultdict", "collections.Counter"})
_SEQUENCES = frozenset(
    {"torch.Size", "builtins.set", "builtins.list", "__builtin__.set", "collections.deque"}
)


def contents(structure: object) -> Stored:
    """What a pickled object holds."""
    return _Reader().stored(structure, 0)


@dataclass
class _Reader:
    """Goes through a structure once; shared parts are read once."""

    entries: int = 0
    _seen: dict[int, Stored] = field(default_factory=dict)

    def stored(self, value: object, depth: int) -> Stored:
        """One value; what is met again is not read again."""
        if value is None or isinstance(value, (str, int, float)):
            return StoredValue(value)
        known = self._seen.get(id(value))
        if known is not None:
            return known
        self.entries += 1
        if depth > MAX_DEPTH or self.entries > MAX_ENTRIES:
            return StoredOther("more than is read")
        self._seen[id(value)] = StoredOther("a reference to itself")
        found = self._seen[id(value)] = self.composite(value, depth)
        return found

    def composite(self, value: object, depth: int) -> Stored:
        """A value that is made of others."""
        if isinstance(value, Pairs):
            return self._table(value.pairs, None, depth)
        if isinstance(value, Items):
            return StoredList(tuple(self.stored(item, depth + 1) for item in value.items))
        if isinstance(value, Built):
            return self._built(value, depth)
        if isinstance(value, Name):
            return StoredOther(value.dotted)
        return StoredOther("bytes" if isinstance(value, bytes) else "an object")

    def _table(self, pairs: Iterable[tuple[object, object]], type: str | None, depth: int) -> StoredTable:
        entries = {
            key: self.stored(entry, depth + 1)
            for key, entry in pairs
            if isinstance(key, (str, int)) and not isinstance(key, bool)
        }
        return StoredTable(entries, type)

    def _built(self, built: Built, depth: int) -> Stored:
        callee = built.callee.dotted if isinstance(built.callee, Name) else ""
        rebuild = _REBUILD.get(callee)
        if rebuild is not None:
            return rebuild(self, built.arguments, depth) or StoredOther(callee)
        if callee in _MAPPINGS:
            return self._table(_given_pairs(built), None, depth)
        if callee in _SEQUENCES:
            given = built.arguments[0] if built.arguments else None
            items = given.items if isinstance(given, Items) else built.items
            return StoredList(tuple(self.stored(item, depth + 1) for item in items))
        attributes = _attributes(built.state)
        if callee.startswith("omegaconf."):
            return self._omegaconf(callee, attributes, depth)
        if attributes or built.pairs:
            return self._table([*attributes, *built.pairs], callee, depth)
        return StoredOther(callee or "an object")

    def _omegaconf(self, callee: str, attributes: list[tuple[object, object]], depth: int) -> Stored:
        """A config that was saved as it was: its nodes hold values and contents."""
        state = {key: entry for key, entry in attributes if isinstance(key, str)}
        content = state["_content"] if "_content" in state else state.get("_val")
        if "_content" in state or "_val" in state:
            return self.stored(content, depth + 1)
        return StoredOther(callee)


def _given_pairs(built: Built) -> list[tuple[object, object]]:
    """The pairs of a mapping: those it was made of, those it was filled with."""
    given = built.arguments[0] if built.arguments else None
    made: list[tuple[object, object]] = []
    if isinstance(given, Pairs):
        made = given.pairs
    elif isinstance(given, Items):
        pairs = (entry.items for entry in given.items if isinstance(entry, Items))
        made = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]
    return [*made, *built.pairs]


def _attributes(state: object) -> list[tuple[object, object]]:
    """The attributes that BUILD would set: a dictionary, one beside slots, or one that pydantic keeps."""
    if isinstance(state, Items):
        return [pair for part in state.items for pair in _attributes(part)]
    if not isinstance(state, Pairs):
        return []
    for key, value in state.pairs:
        if key == "__dict__" and isinstance(value, Pairs):
            return value.pairs
    return state.pairs


def _tensor(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """`_rebuild_tensor_v2(storage, offset, size, …)` and its relatives."""
    storage = arguments[0] if arguments else None
    shape = _shape(arguments[2]) if len(arguments) > 2 else None
    if shape is None or not isinstance(storage, Reference):
        return None
    dtype = _dtype(arguments[6]) if len(arguments) > 6 else None
    kept = storage.identifier.items if isinstance(storage.identifier, Items) else []
    if dtype is None and len(kept) > 1 and isinstance(kept[1], Name):
        dtype = _STORAGES.get(kept[1].name, kept[1].name.removesuffix("Storage").lower())
    return StoredTensor(shape, dtype or "unknown", str(kept[2]) if len(kept) > 2 else None)


def _meta_tensor(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """A tensor without data: `(dtype, size, stride, …)`."""
    shape = _shape(arguments[1]) if len(arguments) > 1 else None
    return None if shape is None else StoredTensor(shape, _dtype(arguments[0]) or "unknown")


def _first(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """What only wraps its first argument: a parameter, a buffer."""
    return reader.stored(arguments[0], depth + 1) if arguments else None


def _subclass(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """`_rebuild_from_type_v2(function, type, arguments, state)`: a tensor with attributes."""
    if len(arguments) < 3 or not isinstance(arguments[2], Items):
        return None
    return reader.composite(Built(arguments[0], arguments[2].items), depth + 1) if depth < MAX_DEPTH else None


def _numpy_array(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """A tensor that was saved by way of numpy: its shape is not read."""
    return None


def _path(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    parts = [part for part in arguments if isinstance(part, str)]
    return StoredValue("/".join(parts).replace("//", "/")) if parts else None


def _plain(reader: _Reader, arguments: list[object], depth: int) -> Stored | None:
    """A device or an enum's member: by the text or number that it is made of."""
    value = arguments[0] if arguments else None
    return StoredValue(value) if isinstance(value, (str, int, float)) else None


def _shape(size: object) -> tuple[int, ...] | None:
    if isinstance(size, Built):
        size = size.arguments[0] if size.arguments else None
    if not isinstance(size, Items):
        return None
    sizes = [entry for entry in size.items if isinstance(entry, int)]
    return tuple(sizes) if len(sizes) == len(size.items) else None


def _dtype(value: object) -> str | None:
    return value.name if isinstance(value, Name) and value.module == "torch" else None


_Rebuild = Callable[[_Reader, list[object], int], Stored | None]
_REBUILD: dict[str, _Rebuild] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _tensor,
    "torch._utils._rebuild_qtensor": _tensor,
    "torch._utils._rebuild_meta_tensor_no_storage": _meta_tensor,
    "torch._utils._rebuild_device_tensor_from_numpy": _numpy_array,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch.nn.parameter.Parameter": _first,
    "torch.nn.parameter.Buffer": _first,
    "torch._tensor._rebuild_from_type_v2": _subclass,
    "torch.device": _plain,
    "pathlib.PosixPath": _path,
    "pathlib.WindowsPath": _path,
    "pathlib._local.PosixPath": _path,
}
