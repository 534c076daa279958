"""A module in, the configs that it registers with Hydra's ConfigStore out."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from trainlint.facts.schema import (
    Extra,
    FieldFacts,
    SchemaFacts,
    SchemaKind,
    StoredConfig,
    TypeFacts,
    TypeKind,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.calls import argument, hides_arguments
from trainlint.parse.python.constants import fold, fold_text
from trainlint.parse.python.defaults import filled
from trainlint.parse.python.entries import calls_of
from trainlint.parse.python.places import node_span
from trainlint.parse.python.rounds import Meant, Round, loops_around, rounds
from trainlint.parse.python.schema import SchemaReader
from trainlint.parse.python.scope import Function, Scope, local_assignments, qualified
from trainlint.record import record


@record
class Registration:
    """One registration with the function it stands in, None at module level."""

    stored: StoredConfig
    function: Function | None


def registrations(scope: Scope, schemas: SchemaReader) -> Iterator[Registration]:
    """Every `ConfigStore.instance().store(...)` of a module; hydra-zen counts as one that is unknown."""
    text = scope.module.source.text
    if "hydra_zen" in text:
        place = node_span(scope.module.source, scope.module.tree)
        unknown = Unknown("hydra-zen registers configs that only a run knows", place)
        yield Registration(StoredConfig(unknown, unknown, unknown, None, None, place), None)
    if "store" not in text:
        return
    for located in calls_of(scope.module.tree):
        call, inside = located.call, located.inside
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "store"):
            continue
        local = scope if inside is None else dataclasses.replace(scope, locals=local_assignments(inside))
        if _is_store(call.func.value, local):
            known = rounds(loops_around(inside or scope.module.tree, call), local)
            for names in [{}] if known is None else known:
                yield Registration(_stored(call, _in_round(local, names), schemas, names), inside)


def _in_round(scope: Scope, names: Round) -> Scope:
    """The scope in one round of a loop, as far as its names mean what can be folded."""
    folded = {name: fold(meant.node, meant.scope) for name, meant in names.items()}
    constants = {
        name: ast.copy_location(ast.Constant(value.value), names[name].node)
        for name, value in folded.items()
        if isinstance(value, Known) and isinstance(value.value, (str, int, float, type(None)))
    }
    return dataclasses.replace(scope, locals={**scope.locals, **constants}) if constants else scope


def _is_store(node: ast.expr | None, scope: Scope) -> bool:
    """Whether an expression is the ConfigStore: its `instance()`, or a name for it."""
    if isinstance(node, ast.Call):
        return qualified(scope.module, node.func).endswith("ConfigStore.instance")
    if isinstance(node, ast.Name):
        if node.id in scope.locals:
            return _is_store(scope.locals[node.id], Scope(scope.module, scope.lookup))
        found = scope.lookup.definition(scope.module, node.id)
        value = getattr(found[1].node, "value", None) if found is not None else None
        return (
            found is not None
            and isinstance(value, ast.Call)
            and _is_store(value, Scope(found[0], scope.lookup))
        )
    return False


def _stored(call: ast.Call, scope: Scope, schemas: SchemaReader, names: Round) -> StoredConfig:
    span = node_span(scope.module.source, call)
    name = _text(call, "name", 0, scope)
    given = argument(call, "node", 1)
    node = names.get(given.id) if isinstance(given, ast.Name) else None
    if node is None and given is not None:
        node = Meant(given, scope)
    provider = _text(call, "provider", 4, scope)
    return StoredConfig(
        name=name if isinstance(name, Unknown) else Known(name.value or "", name.span),
        group=_text(call, "group", 2, scope),
        package=_text(call, "package", 3, scope),
        provider=provider.value if isinstance(provider, Known) else None,
        schema=_schema(node, schemas) if node is not None else None,
        span=span,
    )


def _text(call: ast.Call, name: str, position: int, scope: Scope) -> Value[str | None]:
    given = argument(call, name, position)
    span = node_span(scope.module.source, call)
    if given is not None:
        return fold_text(given, scope)
    if hides_arguments(call):
        return Unknown(f"`{name}` may be among arguments that only a run knows", span)
    return Known(None, span)


def _schema(meant: Meant, schemas: SchemaReader) -> SchemaFacts | None:
    """The schema of a class, of an instance with some fields given, or of a mapping that is written out."""
    node, scope = meant.node, meant.scope
    if isinstance(node, ast.Name) and scope.locals.get(node.id) is not None:
        node = scope.locals[node.id] or node
    if isinstance(node, ast.Dict):
        return _mapping(node, scope)
    call = node if isinstance(node, ast.Call) else None
    named = call.func if call is not None else node
    found = (
        scope.lookup.definition(scope.module, ast.unparse(named)) if qualified(scope.module, named) else None
    )
    if found is None or not isinstance(found[1].node, ast.ClassDef):
        return None
    schema = schemas.read(found[0], found[1].node)
    if schema is None or call is None:
        return schema
    return filled(schema, call, AnnotationReader(scope, schemas.read))


def _mapping(node: ast.Dict, scope: Scope) -> SchemaFacts | None:
    """A mapping as fields without types; None when a key is computed."""
    span = node_span(scope.module.source, node)
    anything = TypeFacts(TypeKind.ANY, "Any")
    fields = []
    for key, value in zip(node.keys, node.values, strict=True):
        name = fold(key, scope) if key is not None else None
        if not isinstance(name, Known) or not isinstance(name.value, str):
            return None
        default = fold(value, scope)
        required = isinstance(default, Known) and default.value == "???"
        fields.append(FieldFacts(name.value, anything, None if required else default, name.span))
    return SchemaFacts("dict", SchemaKind.DATACLASS, tuple(fields), Extra.ALLOW, True, span)
