"""The schemas that a script builds from its config in, where the composed config does not fit them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.coercion import container_refusal, refusal
from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.facts.config import (
    Composition,
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    SchemaMismatch,
    SchemaMissingField,
    SchemaUnknownField,
    select,
)
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts, SchemaKind, SchemaUse, TypeFacts, TypeKind
from trainlint.facts.value import Known
from trainlint.record import record
from trainlint.source import Span

_DEPTH = 32
_MAP_KINDS = (TypeKind.DICT, TypeKind.SCHEMA)
_LIST_KINDS = (TypeKind.LIST, TypeKind.TUPLE)


@record
class _Check:
    """One use of a schema: `supplied` are fields that the call passes by itself."""

    use: SchemaUse
    resolve: Resolve | None


@record
class _Slot:
    """The field that a value has to fit, and how deep in nested schemas it stands."""

    field: FieldFacts
    schema: SchemaFacts
    depth: int

    def deeper(self) -> _Slot:
        return _Slot(self.field, self.schema, self.depth + 1)


def schema_problems(
    composition: Composition, uses: tuple[SchemaUse, ...], resolve: Resolve | None = None
) -> tuple[CompositionProblem, ...]:
    """Every place where the composed config does not fit a schema, each once."""
    found: dict[CompositionProblem, None] = {}
    for use in uses:
        node = select(composition.root, use.path)
        if isinstance(node, ConfigMap):
            check = _Check(use, resolve)
            found.update(dict.fromkeys(_model(check, use.path, node, use.schema, use.supplied, 0)))
    return tuple(found)


def _model(
    check: _Check, path: Path, node: ConfigMap, schema: SchemaFacts, supplied: frozenset[str], depth: int
) -> Iterator[CompositionProblem]:
    if depth > _DEPTH:
        return
    names = {name: field for field in schema.fields for name in _names(field)}
    for key, child in node.children.items():
        field = names.get(str(key))
        if field is None:
            yield from _unknown(check, (*path, key), child, schema)
        elif schema.kind is SchemaKind.PYDANTIC and field.name not in supplied:
            yield from _value(check, (*path, key), child, field.type, _Slot(field, schema, depth))
    if check.use.exact:
        yield from _missing(path, node, schema, supplied)


def value_problems(
    schema: SchemaFacts, path: Path, node: ConfigMap, resolve: Resolve | None
) -> Iterator[SchemaMismatch]:
    """Where the values that a node has do not fit the fields of a model, whatever else it is given."""
    use = SchemaUse(schema, (), frozenset(), False, schema.span)
    for problem in _model(_Check(use, resolve), path, node, schema, frozenset(), 0):
        if isinstance(problem, SchemaMismatch):
            yield problem


def _names(field: FieldFacts) -> tuple[str, ...]:
    return (field.name,) if field.alias is None else (field.name, field.alias)


def _unknown(
    check: _Check, path: Path, node: ConfigNode, schema: SchemaFacts
) -> Iterator[SchemaUnknownField]:
    strict = schema.extra is Extra.FORBID or schema.kind is not SchemaKind.PYDANTIC
    if not (strict and schema.complete and check.use.exact):
        return
    key = shown_key(path)
    if schema.kind is SchemaKind.PYDANTIC:
        hydra = _validation_error(schema, key, "Extra inputs are not permitted")
    else:
        hydra = f"TypeError: {schema.name}.__init__() got an unexpected keyword argument '{path[-1]!s}'"
    yield SchemaUnknownField(
        span=node.origin.key_span,
        hydra=hydra,
        inclusion=node.origin.inclusion,
        key=key,
        schema=schema.name,
        available=tuple(field.alias or field.name for field in schema.fields),
        field_span=schema.span,
    )


def _missing(
    path: Path, node: ConfigMap, schema: SchemaFacts, supplied: frozenset[str]
) -> Iterator[SchemaMissingField]:
    present = {str(key) for key in node.children}
    for field in schema.fields:
        if field.default is not None or field.name in supplied or present.intersection(_names(field)):
            continue
        key = shown_key((*path, field.alias or field.name))
        if schema.kind is SchemaKind.PYDANTIC:
            hydra = _validation_error(schema, key, "Field required")
        else:
            hydra = f"TypeError: {schema.name}.__init__() missing required argument '{field.name}'"
        yield SchemaMissingField(
            span=_place(node),
            hydra=hydra,
            inclusion=node.origin.inclusion,
            key=key,
            schema=schema.name,
            field_span=field.span,
        )


def _place(node: ConfigMap) -> Span:
    """Where a mapping begins: a whole block is no place to point at."""
    span = node.origin.key_span
    return span if span.line == span.end_line else Span.at(span.file, span.line, span.column)


def _value(
    check: _Check, path: Path, node: ConfigNode, wanted: TypeFacts, slot: _Slot
) -> Iterator[CompositionProblem]:
    value = followed(path, node, check.resolve)
    if not isinstance(value, Known) or slot.depth > _DEPTH:
        return
    seen = value.value
    if isinstance(seen, ConfigScalar):
        words = None if seen.is_missing else refusal(seen.value, wanted)
        shown = repr(seen.value)
    elif isinstance(seen, ConfigMap):
        words, shown = container_refusal(wanted, _MAP_KINDS), "a mapping"
    elif isinstance(seen, ConfigList):
        words, shown = container_refusal(wanted, _LIST_KINDS), "a list"
    else:
        return
    if words is not None:
        yield _mismatch(path, node, words, shown, wanted, slot)
    elif isinstance(seen, ConfigMap):
        yield from _mapping(check, path, seen, wanted, slot)
    elif isinstance(seen, ConfigList):
        yield from _items(check, path, seen, wanted, slot)


def _mapping(
    check: _Check, path: Path, node: ConfigMap, wanted: TypeFacts, slot: _Slot
) -> Iterator[CompositionProblem]:
    if wanted.kind is TypeKind.SCHEMA and wanted.schema is not None:
        yield from _model(check, path, node, wanted.schema, frozenset(), slot.depth + 1)
    elif wanted.kind is TypeKind.DICT and len(wanted.arguments) == 2:
        for key, child in node.children.items():
            yield from _value(check, (*path, key), child, wanted.arguments[1], slot.deeper())


def _items(
    check: _Check, path: Path, node: ConfigList, wanted: TypeFacts, slot: _Slot
) -> Iterator[CompositionProblem]:
    types = wanted.arguments
    if wanted.kind is TypeKind.TUPLE and types and types[-1].text != "...":
        if len(node.items) != len(types):
            yield _mismatch(
                path, node, _tuple_words(len(node.items), len(types)), _counted(node), wanted, slot
            )
            return
    elif types and wanted.kind in _LIST_KINDS:
        types = (types[0],) * len(node.items)
    else:
        return
    for index, (child, kind) in enumerate(zip(node.items, types, strict=True)):
        yield from _value(check, (*path, index), child, kind, slot.deeper())


def _counted(node: ConfigList) -> str:
    return f"a list of {len(node.items)}"


def _tuple_words(given: int, wanted: int) -> str:
    if given < wanted:
        return f"Field required (item {given})"
    return f"Tuple should have at most {wanted} items after validation, not {given}"


def _mismatch(
    path: Path, node: ConfigNode, words: str, shown: str, wanted: TypeFacts, slot: _Slot
) -> SchemaMismatch:
    key = shown_key(path)
    return SchemaMismatch(
        span=node.origin.span if isinstance(node, ConfigScalar) else node.origin.key_span,
        hydra=_validation_error(slot.schema, key, words),
        inclusion=node.origin.inclusion,
        key=key,
        value=shown,
        expected=wanted.text,
        schema=slot.schema.name,
        field_span=slot.field.span,
    )


def _validation_error(schema: SchemaFacts, key: str, words: str) -> str:
    return f"pydantic_core.ValidationError: 1 validation error for {schema.name}: {key}: {words}"
