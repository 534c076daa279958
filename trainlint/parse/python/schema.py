"""A class in, the schema that OmegaConf, attrs or pydantic make of it out, bases followed."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from dataclasses import field

from trainlint.facts.module import ModuleFacts
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts, SchemaKind, TypeFacts, TypeKind
from trainlint.facts.value import Unknown
from trainlint.parse.python.annotations import AnnotationReader
from trainlint.parse.python.defaults import field_default
from trainlint.parse.python.places import name_span, node_span
from trainlint.parse.python.scope import Lookup, Scope, qualified
from trainlint.record import record, state

_DEPTH = 12
_DATACLASS = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}
_ATTRS = {
    "attr.s",
    "attr.attrs",
    "attr.define",
    "attr.frozen",
    "attr.mutable",
    "attr.dataclass",
    "attrs.define",
    "attrs.frozen",
    "attrs.mutable",
}
_PYDANTIC = {"pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic.v1.BaseModel"}
#: Bases that add no fields.
_NEUTRAL = {"object", "typing.Generic", "typing.Protocol", "abc.ABC", "typing_extensions.Protocol"}
_BEFORE = {"model_validator", "root_validator"}


@state
class SchemaReader:
    """Reads schemas of all modules; each class is read once."""

    lookup: Lookup
    _read: dict[ast.ClassDef, SchemaFacts | None] = field(default_factory=dict)

    def read(self, module: ModuleFacts, node: ast.ClassDef, depth: int = 0) -> SchemaFacts | None:
        """The schema of a class, None when it is none or cannot be told."""
        if node in self._read:
            return self._read[node]
        if depth > _DEPTH:
            return None
        self._read[node] = None
        self._read[node] = self._schema(module, node, depth)
        return self._read[node]

    def _schema(self, module: ModuleFacts, node: ast.ClassDef, depth: int) -> SchemaFacts | None:
        bases, complete = self._bases(module, node, depth)
        kind = self._kind(module, node, bases)
        if kind is None:
            return None
        reader = AnnotationReader(Scope(module, self.lookup), self.read)
        own = _Class(module, node, reader, kind, self._lenient_text(module, node, kind))
        fields = {entry.name: entry for base in reversed(bases) for entry in base.fields}
        if kind is not SchemaKind.DATACLASS or _decorated(module, node) is not None:
            fields.update((entry.name, entry) for entry in own.fields(depth))
        return SchemaFacts(
            name=node.name,
            kind=kind,
            fields=tuple(fields.values()),
            extra=_extra(module, node) or next((base.extra for base in bases), Extra.IGNORE),
            complete=complete and all(base.complete for base in bases) and not _rewrites_input(node),
            span=name_span(module.source, node),
        )

    def _bases(self, module: ModuleFacts, node: ast.ClassDef, depth: int) -> tuple[list[SchemaFacts], bool]:
        """The schemas a class inherits from, and whether that is all of them."""
        found: list[SchemaFacts] = []
        complete = True
        for base in node.bases:
            plain = base.value if isinstance(base, ast.Subscript) else base
            name = qualified(module, plain)
            if name in _PYDANTIC or name in _NEUTRAL:
                continue
            definition = self.lookup.definition(module, ast.unparse(plain)) if name else None
            if definition is None or not isinstance(definition[1].node, ast.ClassDef):
                complete = False
                continue
            schema = self.read(definition[0], definition[1].node, depth + 1)
            if schema is not None:
                found.append(schema)
        return found, complete

    def _kind(self, module: ModuleFacts, node: ast.ClassDef, bases: list[SchemaFacts]) -> SchemaKind | None:
        decorated = _decorated(module, node)
        if decorated is not None:
            return decorated
        if any(qualified(module, base) in _PYDANTIC for base in node.bases):
            return SchemaKind.PYDANTIC
        return bases[0].kind if bases else None

    def _lenient_text(self, module: ModuleFacts, node: ast.ClassDef, kind: SchemaKind) -> bool:
        """Whether numbers pass for text: pydantic 1, or a setting of pydantic 2."""
        if kind is not SchemaKind.PYDANTIC:
            return False
        old = self.lookup.major_version("pydantic") != 2 or "pydantic.v1" in module.source.text
        return old or "coerce_numbers_to_str" in module.source.text


@record
class _Class:
    """One class's own fields."""

    module: ModuleFacts
    node: ast.ClassDef
    reader: AnnotationReader
    kind: SchemaKind
    lenient: bool

    def fields(self, depth: int) -> Iterator[FieldFacts]:
        loose = _validated_before(self.node)
        for statement in self.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                if not self._is_field(statement.target.id, statement.annotation):
                    continue
                facts = self._field(statement, statement.target.id, depth)
                hidden = statement.target.id in loose or "*" in loose
                yield dataclasses.replace(facts, type=_any(facts.type)) if hidden else facts

    def _is_field(self, name: str, annotation: ast.expr) -> bool:
        text = ast.unparse(annotation).strip("'\"")
        if "ClassVar" in text or text.endswith("KW_ONLY"):
            return False
        return not (self.kind is SchemaKind.PYDANTIC and (name.startswith("_") or name == "model_config"))

    def _field(self, statement: ast.AnnAssign, name: str, depth: int) -> FieldFacts:
        type_ = self.reader.read(statement.annotation, depth)
        default = field_default(statement.value, self.reader)
        span = node_span(self.module.source, statement.target)
        value = default.value
        if default.odd_alias or not default.in_init:
            value = value or Unknown("the field is filled in another way", span)
        old_style = self.kind is SchemaKind.PYDANTIC and self.lenient
        if value is None and type_.optional and statement.value is None and old_style:
            value = Unknown("pydantic 1 takes None for an optional field", span)
        if type_.schema is not None and not type_.schema.complete:
            type_ = _any(type_)
        if type_.kind is TypeKind.STR and self.lenient:
            type_ = _any(type_)
        return FieldFacts(name, type_, value, span, default.alias)


def _any(type_: TypeFacts) -> TypeFacts:
    return TypeFacts(TypeKind.UNKNOWN, type_.text, type_.optional)


def _decorated(module: ModuleFacts, node: ast.ClassDef) -> SchemaKind | None:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = qualified(module, target)
        if name in _DATACLASS or name in _ATTRS:
            return SchemaKind.DATACLASS if name in _DATACLASS else SchemaKind.ATTRS
    return None


def _extra(module: ModuleFacts, node: ast.ClassDef) -> Extra | None:
    """What a pydantic class says about keys it has no field for, None when it says nothing."""
    settings: list[tuple[str | None, ast.expr]] = [(word.arg, word.value) for word in node.keywords]
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            settings += [(name, value) for inner in statement.body for name, value in _assigned(inner)]
        for name, value in _assigned(statement):
            if name == "model_config":
                settings += _keywords(value)
    said = [_text(value) or getattr(value, "attr", "") for setting, value in settings if setting == "extra"]
    return next((extra for extra in Extra if extra.value in said), None)


def _assigned(statement: ast.stmt) -> list[tuple[str, ast.expr]]:
    if isinstance(statement, ast.Assign):
        return [(target.id, statement.value) for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        return [(statement.target.id, statement.value)]
    return []


def _keywords(value: ast.expr) -> list[tuple[str | None, ast.expr]]:
    """The settings of `ConfigDict(...)` or of a dict display."""
    if isinstance(value, ast.Call):
        return [(word.arg, word.value) for word in value.keywords]
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return [(_text(key) if key is not None else None, given) for key, given in pairs]
    return []


def _rewrites_input(node: ast.ClassDef) -> bool:
    """Whether the class may change what it is given before its fields are looked at."""
    for statement in node.body:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if isinstance(statement, ast.Assign) and "alias_generator" in ast.unparse(statement):
                return True
            continue
        if statement.name in ("__init__", "__new__", "model_validate", "parse_obj"):
            return True
        for decorator in statement.decorator_list:
            name = ast.unparse(decorator)
            if any(word in name for word in _BEFORE) and "after" not in name:
                return True
    return False


def _validated_before(node: ast.ClassDef) -> set[str]:
    """Fields whose value a validator of the class may change before its type is checked; "*" for all."""
    names: set[str] = set()
    for statement in node.body:
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for decorator in statement.decorator_list:
            text = ast.unparse(decorator)
            early = "before" in text or "plain" in text or "wrap" in text or "pre=True" in text
            if isinstance(decorator, ast.Call) and "validator" in text and early:
                names |= {_text(given) or "*" for given in decorator.args}
    return names


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
