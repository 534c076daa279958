"""The right-hand side of a field in, its default out: none, a literal, a schema, or Unknown."""

from __future__ import annotations

import ast
import dataclasses

from trainlint.facts.module import DefinitionKind
from trainlint.facts.schema import SchemaFacts
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.annotations import AnnotationReader, enum_members
from trainlint.parse.python.calls import argument, hides_arguments
from trainlint.parse.python.constants import fold
from trainlint.parse.python.places import node_span
from trainlint.parse.python.scope import qualified
from trainlint.record import record

_MISSING = {"omegaconf.MISSING"}
_INTERPOLATIONS = {"omegaconf.II": "${%s}", "omegaconf.SI": "%s"}
_EMPTY: dict[str, type[list[object]] | type[dict[object, object]]] = {"list": list, "dict": dict}
FIELD_CALLS = {
    "dataclasses.field",
    "pydantic.Field",
    "pydantic.fields.Field",
    "pydantic.v1.Field",
    "attr.ib",
    "attr.attrib",
    "attr.field",
    "attrs.field",
}


@record
class FieldDefault:
    """What a field's right-hand side says; `value` None means that the field is required."""

    value: Value[object] | None
    alias: str | None = None
    odd_alias: bool = False
    in_init: bool = True


def field_default(node: ast.expr | None, reader: AnnotationReader) -> FieldDefault:
    """The default and alias of a field."""
    if node is None:
        return FieldDefault(None)
    scope = reader.scope
    if not (isinstance(node, ast.Call) and qualified(scope.module, node.func) in FIELD_CALLS):
        return FieldDefault(_default(node, reader))
    given = argument(node, "default", 0)
    factory = argument(node, "default_factory") or argument(node, "factory")
    value = _default(given, reader) if given is not None else None
    if factory is not None:
        value = _made(factory, reader)
    alias = argument(node, "validation_alias") or argument(node, "alias")
    text = alias.value if isinstance(alias, ast.Constant) and isinstance(alias.value, str) else None
    init = argument(node, "init")
    in_init = not (isinstance(init, ast.Constant) and init.value is False)
    return FieldDefault(value, text, alias is not None and text is None, in_init)


def _default(node: ast.expr, reader: AnnotationReader) -> Value[object] | None:
    scope = reader.scope
    span = node_span(scope.module.source, node)
    name = qualified(scope.module, node)
    if name in _MISSING or (isinstance(node, ast.Constant) and node.value in (..., "???")):
        return None
    if isinstance(node, ast.Call):
        return _called(node, reader)
    if isinstance(node, ast.Attribute):
        member = _enum_member(node, reader)
        if member is not None:
            return Known(member, span)
    return fold(node, scope)


def _called(node: ast.Call, reader: AnnotationReader) -> Value[object]:
    """A default that a call makes: an interpolation, an empty container, a schema with its own defaults."""
    scope = reader.scope
    span = node_span(scope.module.source, node)
    name = qualified(scope.module, node.func)
    text = node.args[0].value if len(node.args) == 1 and isinstance(node.args[0], ast.Constant) else None
    if name in _INTERPOLATIONS and isinstance(text, str):
        return Known(_INTERPOLATIONS[name] % text, span)
    made = _made(node.func, reader)
    if isinstance(made, Known) and isinstance(made.value, SchemaFacts) and not node.args:
        schema = filled(made.value, node, reader)
        return Known(schema, span) if schema is not None else made
    return made if not node.args and not node.keywords else fold(node, scope)


def filled(schema: SchemaFacts, call: ast.Call, reader: AnnotationReader) -> SchemaFacts | None:
    """The schema with the values that a call of its class gives, None when they cannot be told apart."""
    if call.args or hides_arguments(call):
        return None
    given = {word.arg: _default(word.value, reader) for word in call.keywords}
    fields = tuple(
        dataclasses.replace(field, default=given[field.name]) if field.name in given else field
        for field in schema.fields
    )
    return dataclasses.replace(schema, fields=fields)


def _made(factory: ast.expr, reader: AnnotationReader) -> Value[object]:
    """What a factory without arguments gives."""
    scope = reader.scope
    span = node_span(scope.module.source, factory)
    if isinstance(factory, ast.Lambda):
        made = _default(factory.body, reader)
        return made if made is not None else Known("???", span)
    if qualified(scope.module, factory) in _EMPTY:
        return Known(_EMPTY[qualified(scope.module, factory)](), span)
    schema = reader.read(factory).schema
    if schema is not None:
        return Known(schema, span)
    return Unknown(f"the default `{ast.unparse(factory)}()` is only known at run time", span)


def _enum_member(node: ast.Attribute, reader: AnnotationReader) -> str | None:
    found = reader.scope.lookup.definition(reader.scope.module, ast.unparse(node.value))
    if found is None or found[1].kind is not DefinitionKind.CLASS:
        return None
    module, definition = found
    assert isinstance(definition.node, ast.ClassDef)
    members = enum_members(module, definition.node) or ()
    return node.attr if node.attr in members else None
