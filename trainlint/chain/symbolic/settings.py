"""A part of the config and a key in, the part below it out, with what schemas on the way say of it."""

from __future__ import annotations

import ast
from dataclasses import replace

from trainlint.chain.symbolic.frame import Frame
from trainlint.chain.symbolic.heap import set_on_some_paths
from trainlint.chain.symbolic.machine import Machine
from trainlint.facts.behaviour import Access
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts, TypeFacts, TypeKind
from trainlint.facts.symbols import (
    Absence,
    Changing,
    Choice,
    Constant,
    Opaque,
    Operation,
    Setting,
    Symbol,
)

#: Why the value at a key is not sure: some object of the config was changed, which may be another one.
PERHAPS_CHANGED = "the config is changed, or a copy of it"


def child_of(holder: Setting, key: str) -> Setting:
    """The part below one key."""
    field = field_of(holder.schema, key)
    dropped = (
        holder.schema is not None
        and holder.schema.complete
        and field is None
        and key != "*"
        and holder.schema.extra is not Extra.ALLOW
    )
    return Setting(
        (*holder.path, key),
        exact=holder.exact,
        plain=holder.plain,
        schema=schema_of(field.type) if field is not None else None,
        field=field,
        hidden=holder.hidden or dropped,
        absence=holder.absence if holder.schema is None else Absence.RAISES,
        copied=holder.copied,
        doubtful=holder.doubtful,
        patched=holder.patched,
    )


def field_of(schema: SchemaFacts | None, key: str) -> FieldFacts | None:
    """The field that a key of the config fills."""
    if schema is None:
        return None
    return next((field for field in schema.fields if key in (field.name, field.alias)), None)


def schema_of(annotation: TypeFacts) -> SchemaFacts | None:
    """The schema that a field's value is held against."""
    if annotation.kind is TypeKind.SCHEMA:
        return annotation.schema
    if annotation.kind is TypeKind.UNION:
        found = [schema_of(part) for part in annotation.arguments]
        named = [schema for schema in found if schema is not None]
        return named[0] if len(named) == 1 else None
    return None


def fetch(machine: Machine, holder: Setting, key: str, access: Access, node: ast.AST, frame: Frame) -> Symbol:
    """Read one key: what code put there, else the config's own value; the read goes on record."""
    given = next((value for name, value in holder.supplied if name == key), None)
    if given is not None:
        return given
    setting = child_of(holder, key)
    dotted = ".".join(setting.path)
    written = machine.config.get(dotted)
    if written is not None:
        written = _where_unset(written, dotted, setting)
    if written is not None and holder.copied:
        doubt = Opaque(PERHAPS_CHANGED, frame.span_of(node))
        written = Choice(doubt, setting, written)
    if written is not None and not _may_be_own(written):
        return written
    if is_disturbed(machine, setting.path):
        setting = replace(setting, absence=Absence.UNKNOWN, exact=False, doubtful=True)
    machine.read(frame, holder, setting, access if written is None else Access.DEFAULT, node)
    return setting if written is None else written


def _where_unset(written: Symbol, dotted: str, setting: Setting) -> Symbol:
    """What code wrote to a key on some paths; on the others it holds what the config says."""
    if isinstance(written, Opaque) and written.reason == set_on_some_paths(dotted):
        return setting
    if not isinstance(written, Choice):
        return written
    then, other = (_where_unset(side, dotted, setting) for side in (written.then, written.other))
    same = then is written.then and other is written.other
    return written if same else Choice(written.test, then, other)


def is_disturbed(machine: Machine, path: tuple[str, ...]) -> bool:
    """Whether code may have changed what stands at a path."""
    return any(
        all("*" in (one, other) or one == other for one, other in zip(changed, path, strict=False))
        and len(changed) <= len(path)
        for changed in machine.reshaped
    )


def exists(machine: Machine, holder: Setting, key: Constant, node: ast.AST, frame: Frame) -> Symbol:
    """Whether the config has a key: `"x" in config`, `hasattr(config, "x")`."""
    if any(name == key.value for name, _ in holder.supplied):
        return Constant(True)
    setting = child_of(holder, str(key.value))
    machine.read(frame, holder, setting, Access.TEST, node)
    there = Operation("exists", (holder, key), frame.span_of(node))
    doubt = Opaque("code may add the key or take it away", frame.span_of(node))
    written = machine.config.get(".".join(setting.path))
    if is_disturbed(machine, setting.path) or (written is not None and holder.copied):
        return doubt
    if written is None:
        return there
    return Operation("or", (there, doubt)) if _may_be_own(written) else Constant(True)


def _may_be_own(written: Symbol) -> bool:
    """Whether what code wrote to a key stands there on some paths only."""
    return isinstance(written, (Choice, Changing))


def over(holder: Setting, given: tuple[tuple[str, Symbol], ...]) -> Setting:
    """A part of the config with keys put over it; "**" and "*" for keys that are not known."""
    known = tuple((name, value) for name, value in given if name not in ("*", "**"))
    names = {name for name, _ in known}
    kept = tuple(pair for pair in holder.supplied if pair[0] not in names)
    exact = holder.exact and len(known) == len(given)
    return replace(
        holder,
        supplied=(*kept, *known),
        exact=exact,
        copied=True,
        absence=holder.absence if exact else Absence.UNKNOWN,
    )


def literal(symbol: Symbol | None) -> object:
    """A stated value, None for any other."""
    return symbol.value if isinstance(symbol, Constant) else None
