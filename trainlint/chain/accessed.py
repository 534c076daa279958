"""What a script surely reads of its config in, whether one key is among it out."""

from __future__ import annotations

import re
from functools import lru_cache

from trainlint.chain.coercion import refusal
from trainlint.facts.config import Composition, ConfigMap, ConfigScalar, select
from trainlint.facts.schema import Extra, SchemaFacts, SchemaKind, SchemaUse, TypeFacts, TypeKind
from trainlint.facts.script import ConfigRead, HydraEntry, ReadKind, ScriptFacts
from trainlint.regex import regex
from trainlint.source import Span

Path = tuple[str | int, ...]
_INDEX = regex(r"\[(\d+)\]")


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
    return _through_schema(script.schema_uses, path, missing=False)


def needs_value(
    script: ScriptFacts, entry: HydraEntry | None, composition: Composition, key: str
) -> Span | None:
    """Where every run stops at a `???` at a key, None when some run may not."""
    path = key_path(key)
    for read in _reads(script, entry):
        strict = read.kind is ReadKind.STRICT and path[: len(read.path)] == read.path
        if read.path[: len(path)] == path or (strict and _is_built(composition, path, len(read.path))):
            return read.span
    return _through_schema(script.schema_uses, path, missing=True)


def may_fill(script: ScriptFacts, key: str) -> bool:
    """Whether code of the project seems to put a value under the last part of a key.

    `cfg.agent.lr = 1`, `part["lr"] = 1`, `put(cfg, "lr", 1)` and `instantiate(cfg, lr=1)` do; what an object
    keeps for itself (`self.lr = 1`) does not.
    """
    return _is_filled(str(key_path(key)[-1]), tuple(module.source.text for module in script.loaded))


@lru_cache(maxsize=1024)
def _is_filled(name: str, texts: tuple[str, ...]) -> bool:
    """Remembered, because all launches of one script ask the same."""
    quoted = re.escape(name)
    fills = re.compile(
        rf"""(?<!\bself)\.{quoted}\s*=(?!=)|["']{quoted}["']\s*(?:,|\]\s*=(?!=))|[(,]\s*{quoted}\s*=(?!=)"""
    )
    return any(fills.search(text) for text in texts if name in text)


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


def _through_schema(uses: tuple[SchemaUse, ...], path: Path, *, missing: bool) -> Span | None:
    for use in uses:
        rest = path[len(use.path) :]
        if not (use.exact and rest and path[: len(use.path)] == use.path):
            continue
        wanted = _type_at(use.schema, rest) if use.schema.kind is SchemaKind.PYDANTIC else None
        if use.plain and missing:
            stops = wanted is not None and refusal("???", wanted) is not None
        elif missing:
            stops = len(rest) == 1 or (wanted is not None and _is_fetched(use.schema, rest))
        else:
            stops = len(rest) == 1 or wanted is not None
        if stops:
            return use.span
    return None


def _is_fetched(schema: SchemaFacts, path: Path) -> bool:
    """Whether pydantic stops at a `???` below the first key.

    A model looks its fields up one by one and takes a `???` for absent, unless it looks at all keys.
    """
    holder = _type_at(schema, path[:-1])
    if holder is None or holder.schema is None or holder.schema.extra is not Extra.IGNORE:
        return holder is not None
    known = (field for field in holder.schema.fields if path[-1] in (field.name, field.alias))
    return any(field.default is None for field in known)


def _type_at(schema: SchemaFacts, path: Path) -> TypeFacts | None:
    """The type that a schema gives the value at a path below it; None where it does not look."""
    wanted: TypeFacts | None = TypeFacts(TypeKind.SCHEMA, schema.name, schema=schema)
    for part in path:
        if wanted is None:
            return None
        if wanted.kind is TypeKind.SCHEMA and wanted.schema is not None:
            wanted = _field_type(wanted.schema, part)
        elif wanted.kind in (TypeKind.LIST, TypeKind.DICT) and wanted.arguments:
            wanted = wanted.arguments[-1]
        else:
            return None
    return wanted


def _field_type(schema: SchemaFacts, name: str | int) -> TypeFacts | None:
    for field in schema.fields:
        if name in (field.name, field.alias):
            return field.type
    return None if schema.extra is Extra.IGNORE else TypeFacts(TypeKind.ANY, "Any")
