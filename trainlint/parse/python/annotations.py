"""A type annotation in, its shape as far as OmegaConf or pydantic enforce it out."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable

from trainlint.facts.module import Definition, DefinitionKind, ModuleFacts
from trainlint.facts.schema import SchemaFacts, TypeFacts, TypeKind
from trainlint.facts.value import Known
from trainlint.parse.python.constants import fold
from trainlint.parse.python.scope import Scope, qualified
from trainlint.record import record

_DEPTH = 16
_PLAIN = {
    "int": TypeKind.INT,
    "float": TypeKind.FLOAT,
    "str": TypeKind.STR,
    "bool": TypeKind.BOOL,
    "bytes": TypeKind.BYTES,
    "None": TypeKind.NONE,
    "object": TypeKind.ANY,
    "Any": TypeKind.ANY,
    "typing.Any": TypeKind.ANY,
    "typing_extensions.Any": TypeKind.ANY,
    "pathlib.Path": TypeKind.PATH,
    "list": TypeKind.LIST,
    "tuple": TypeKind.TUPLE,
    "dict": TypeKind.DICT,
    "omegaconf.DictConfig": TypeKind.ANY,
    "omegaconf.ListConfig": TypeKind.ANY,
}
#: Pydantic's names for a plain type with a condition on top; the condition is not looked at.
_CONSTRAINED = {
    **{
        f"pydantic.{sign}Int": TypeKind.INT for sign in ("Positive", "Negative", "NonPositive", "NonNegative")
    },
    **{
        f"pydantic.{sign}Float": TypeKind.FLOAT
        for sign in ("Positive", "Negative", "NonPositive", "NonNegative", "Finite", "Strict")
    },
    "pydantic.StrictInt": TypeKind.INT,
    "pydantic.StrictStr": TypeKind.STR,
    "pydantic.StrictBool": TypeKind.BOOL,
    "pydantic.FilePath": TypeKind.PATH,
    "pydantic.DirectoryPath": TypeKind.PATH,
    "pydantic.NewPath": TypeKind.PATH,
}
_PLAIN |= _CONSTRAINED
_CONTAINERS = {
    "list": TypeKind.LIST,
    "List": TypeKind.LIST,
    "Sequence": TypeKind.LIST,
    "MutableSequence": TypeKind.LIST,
    "tuple": TypeKind.TUPLE,
    "Tuple": TypeKind.TUPLE,
    "dict": TypeKind.DICT,
    "Dict": TypeKind.DICT,
    "Mapping": TypeKind.DICT,
    "MutableMapping": TypeKind.DICT,
}
#: Wrappers that only their argument's type matters of.
_TRANSPARENT = {"Final", "Required", "NotRequired", "ReadOnly", "InitVar"}
_TYPING = ("typing.", "typing_extensions.", "collections.abc.", "dataclasses.")
ENUMS = {"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"}

ReadSchema = Callable[[ModuleFacts, ast.ClassDef, int], SchemaFacts | None]


@record
class AnnotationReader:
    """Reads annotations of one module; `schema` reads the classes they name."""

    scope: Scope
    schema: ReadSchema

    def read(self, node: ast.expr, depth: int = 0) -> TypeFacts:
        """The type that an annotation states, `UNKNOWN` where it is nothing that is enforced."""
        text = ast.unparse(node)
        found = self._read(node, depth)
        return dataclasses.replace(found, text=text)

    def _read(self, node: ast.expr, depth: int) -> TypeFacts:
        if depth > _DEPTH:
            return _unknown()
        if isinstance(node, ast.Constant):
            return self._constant(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union([node.left, node.right], depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, depth)
        name = qualified(self.scope.module, node)
        if name in _PLAIN and name not in self.scope.module.definitions:
            return TypeFacts(_PLAIN[name], name)
        last = name.removeprefix("typing.").removeprefix("collections.abc.")
        if last != name and last in _CONTAINERS:
            return TypeFacts(_CONTAINERS[last], name)
        return self._named(ast.unparse(node), depth) if name else _unknown()

    def _constant(self, node: ast.Constant, depth: int) -> TypeFacts:
        if node.value is None:
            return TypeFacts(TypeKind.NONE, "None")
        if not isinstance(node.value, str):
            return _unknown()
        try:
            return self._read(ast.parse(node.value.strip(), mode="eval").body, depth + 1)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return _unknown()

    def _union(self, arms: list[ast.expr], depth: int) -> TypeFacts:
        types = [self.read(arm, depth + 1) for arm in arms]
        flat = [inner for arm in types for inner in (arm.arguments if arm.kind is TypeKind.UNION else (arm,))]
        optional = any(arm.kind is TypeKind.NONE or arm.optional for arm in (*types, *flat))
        kept = [arm for arm in flat if arm.kind is not TypeKind.NONE]
        if len(kept) == 1:
            return dataclasses.replace(kept[0], optional=optional)
        return TypeFacts(TypeKind.UNION, "Union", optional, tuple(kept))

    def _subscript(self, node: ast.Subscript, depth: int) -> TypeFacts:
        name = qualified(self.scope.module, node.value)
        special = next((name.removeprefix(prefix) for prefix in _TYPING if name.startswith(prefix)), name)
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if special == "Optional":
            return dataclasses.replace(self._read(arguments[0], depth + 1), optional=True)
        if special == "Union":
            return self._union(list(arguments), depth)
        if special == "Literal":
            values = [fold(argument, self.scope) for argument in arguments]
            known = all(not hasattr(value, "reason") for value in values)
            choices = tuple(value.value for value in values) if known else ()
            return TypeFacts(TypeKind.LITERAL, name, optional=None in choices, choices=choices)
        if special == "Annotated":
            validated = any("Validator" in ast.unparse(extra) for extra in arguments[1:])
            return _unknown() if validated else self._read(arguments[0], depth + 1)
        if special in _TRANSPARENT:
            return self._read(arguments[0], depth + 1)
        if special in _CONTAINERS:
            inner = tuple(self.read(argument, depth + 1) for argument in arguments)
            return TypeFacts(_CONTAINERS[special], name, arguments=inner)
        return self._named(ast.unparse(node.value), depth)

    def _named(self, dotted: str, depth: int) -> TypeFacts:
        """A class or alias of the project."""
        found = self.scope.lookup.definition(self.scope.module, dotted)
        if found is None:
            return _unknown()
        module, definition = found
        if isinstance(definition.node, ast.ClassDef):
            members = enum_members(module, definition.node)
            if members is not None:
                values = _values(definition.node, members, Scope(module, self.scope.lookup))
                return TypeFacts(TypeKind.ENUM, dotted, choices=members, values=values)
            schema = self.schema(module, definition.node, depth + 1)
            kind = TypeKind.SCHEMA if schema is not None else TypeKind.UNKNOWN
            return TypeFacts(kind, dotted, schema=schema)
        alias = _alias(definition)
        if alias is None:
            return _unknown()
        reader = AnnotationReader(Scope(module, self.scope.lookup), self.schema)
        return reader.read(alias, depth + 1)


def _values(node: ast.ClassDef, members: tuple[str, ...], scope: Scope) -> tuple[object, ...]:
    """What the members of an enumeration stand for, empty when one is computed."""
    given: dict[str, object] = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            value = fold(statement.value, scope)
            if isinstance(value, Known):
                given |= {name.id: value.value for name in statement.targets if isinstance(name, ast.Name)}
    return tuple(given[name] for name in members) if given.keys() >= set(members) else ()


def enum_members(module: ModuleFacts, node: ast.ClassDef) -> tuple[str, ...] | None:
    """The member names of an enumeration, None for any other class."""
    if not any(qualified(module, base) in ENUMS for base in node.bases):
        return None
    names = [
        target.id
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    ]
    return tuple(names)


def _alias(definition: Definition) -> ast.expr | None:
    """What a type alias stands for."""
    if definition.kind is not DefinitionKind.VARIABLE or definition.conditional:
        return None
    value = getattr(definition.node, "value", None)
    return value if isinstance(value, (ast.Subscript, ast.BinOp, ast.Name, ast.Attribute)) else None


def _unknown() -> TypeFacts:
    return TypeFacts(TypeKind.UNKNOWN, "?")
