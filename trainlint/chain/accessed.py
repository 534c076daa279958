"""What a script surely reads of its config in, whether one key is among it out."""

from __future__ import annotations

import re

from trainlint.facts.config import Composition, ConfigMap, ConfigScalar, select
from trainlint.facts.schema import Extra, SchemaFacts, SchemaKind, TypeKind
from trainlint.facts.script import ConfigRead, HydraEntry, ReadKind, ScriptFacts
from trainlint.source import Span

Path = tuple[str | int, ...]
_INDEX = re.compile(r"\[(\d+)\]")


def key_path(key: str) -> Path:
    """The path behind a key as OmegaConf writes it (`callbacks[0].lr`)."""
    dotted = _INDEX.sub(r".[\1", key)
    return tuple(int(part[1:]) if part.startswith("[") else part for part in dotted.split(".") if part)


def resolves(script: ScriptFacts, entry: HydraEntry | None, key: str) -> Span | None:
    """Where every run resolves the interpolation at a key, None when some run may not."""
    path = key_path(key)
    for read in _reads(script, entry):
        below = read.kind is not ReadKind.VALUE and path[: len(read.path)] == read.path
        if below or read.path[: len(path)] == path:
            return read.span
    return _through_schema(script, path)


def needs_value(
    script: ScriptFacts, entry: HydraEntry | None, composition: Composition, key: str
) -> Span | None:
    """Where every run stops at a `???` at a key, None when some run may not."""
    path = key_path(key)
    for read in _reads(script, entry):
        strict = read.kind is ReadKind.STRICT and path[: len(read.path)] == read.path
        if read.path[: len(path)] == path or (strict and _is_built(composition, path, len(read.path))):
            return read.span
    return _through_schema(script, path)


def _reads(script: ScriptFacts, entry: HydraEntry | None) -> tuple[ConfigRead, ...]:
    """The reads of the entry; with several Hydra entries none is certain unless it is known which runs."""
    if entry is None or not entry.runs:
        return ()
    return tuple(read for read in script.reads if read.function == entry.function)


def _is_built(composition: Composition, path: Path, start: int) -> bool:
    """Whether `instantiate` fetches the key: a partial does not, nor a flat one deep down."""
    for length in range(start, len(path)):
        node = select(composition.root, path[:length])
        if not isinstance(node, ConfigMap):
            continue
        partial, recursive = node.children.get("_partial_"), node.children.get("_recursive_")
        if partial is not None and not _is(partial, False):
            return False
        if recursive is not None and not _is(recursive, True) and length < len(path) - 1:
            return False
    return True


def _is(node: object, value: bool) -> bool:
    return isinstance(node, ConfigScalar) and node.value is value


def _through_schema(script: ScriptFacts, path: Path) -> Span | None:
    for use in script.schema_uses:
        rest = path[len(use.path) :]
        if use.exact and rest and path[: len(use.path)] == use.path and _fetched(use.schema, rest):
            return use.span
    return None


def _fetched(schema: SchemaFacts | None, path: Path) -> bool:
    """Whether building a schema from a config fetches the value at a path below it.

    The call itself fetches every first key; what is deeper only pydantic fetches, as far as types lead.
    """
    if len(path) <= 1:
        return True
    if schema is None or schema.kind is not SchemaKind.PYDANTIC:
        return False
    field = next((field for field in schema.fields if path[0] in (field.name, field.alias)), None)
    if field is None:
        return False
    wanted, rest = field.type, path[1:]
    while wanted.kind in (TypeKind.LIST, TypeKind.DICT) and wanted.arguments:
        wanted, rest = wanted.arguments[-1], rest[1:]
        if not rest:
            return True
    if wanted.kind is not TypeKind.SCHEMA or wanted.schema is None:
        return False
    known = {name for inner in wanted.schema.fields for name in (inner.name, inner.alias)}
    if wanted.schema.extra is Extra.IGNORE and rest[0] not in known:
        return False
    return _fetched(wanted.schema, rest)
