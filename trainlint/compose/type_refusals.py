"""A value that its field's type forbids in, the problem with OmegaConf's words out."""

from __future__ import annotations

from trainlint.compose.keys import join_key
from trainlint.compose.render import container_text
from trainlint.compose.typed import TypeFault
from trainlint.facts.config import (
    CompositionProblem,
    ConfigScalar,
    Key,
    SchemaMismatch,
    SchemaUnknownField,
)
from trainlint.facts.schema import SchemaFacts, TypeFacts
from trainlint.source import Span


def refused_by_type(
    fault: TypeFault, path: tuple[Key, ...], holder: TypeFacts | None, lead: str
) -> CompositionProblem:
    """The problem that a fault is, for the field at `path` of a mapping of type `holder`."""
    key = join_key((*path, *fault.path))
    schema = holder.schema if holder is not None else None
    error = "ConfigKeyError" if fault.unknown_field else "ValidationError"
    name = schema.name if schema is not None else "dict"
    words = f"{lead.format(error=error)}{fault.words}\n    full_key: {key}\n    object_type={name}"
    span, inclusion = fault.node.origin.span, fault.node.origin.inclusion
    if fault.unknown_field and fault.expected.schema is not None:
        asked = fault.expected.schema
        names = tuple(field.name for field in asked.fields)
        return SchemaUnknownField(
            fault.node.origin.key_span, words, inclusion, key, asked.name, names, asked.span
        )
    shown = repr(fault.node.value) if isinstance(fault.node, ConfigScalar) else container_text(fault.node)
    return SchemaMismatch(
        span, words, inclusion, key, shown, fault.expected.text, name, _field_span(schema, path[-1], span)
    )


def _field_span(schema: SchemaFacts | None, key: Key, otherwise: Span) -> Span:
    fields = schema.fields if schema is not None else ()
    return next((field.span for field in fields if field.name == key), otherwise)
