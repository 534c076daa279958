"""A value and the type of the field it goes into in, the value as OmegaConf keeps it (or its refusal) out."""

from __future__ import annotations

from pathlib import PurePosixPath

from trainlint.compose.keys import join_key
from trainlint.compose.render import container_text, scalar_text
from trainlint.facts.config import (
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    Key,
    Origin,
    ScalarValue,
)
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts, SchemaKind, TypeFacts, TypeKind
from trainlint.facts.value import Unknown
from trainlint.record import record

#: Kinds that OmegaConf checks on single values.
SCALARS = frozenset(
    (TypeKind.INT, TypeKind.FLOAT, TypeKind.STR, TypeKind.BOOL, TypeKind.BYTES, TypeKind.PATH, TypeKind.ENUM)
)
LISTS = frozenset((TypeKind.LIST, TypeKind.TUPLE))
CONTAINERS = frozenset((*LISTS, TypeKind.DICT, TypeKind.SCHEMA))
_CHECKED = SCALARS | CONTAINERS | {TypeKind.UNION}
_TRUE = frozenset(("yes", "y", "on", "true"))
_FALSE = frozenset(("no", "n", "off", "false"))


@record
class TypeFault:
    """OmegaConf refuses `node`, which stands at `path` below the field, in these words.

    `unknown_field` is set when the schema has no such field.
    """

    words: str
    node: ConfigNode
    expected: TypeFacts
    path: tuple[Key, ...] = ()
    unknown_field: bool = False

    def below(self, key: Key) -> TypeFault:
        """The same fault seen from one level higher."""
        return TypeFault(self.words, self.node, self.expected, (key, *self.path), self.unknown_field)


def is_checked(facts: TypeFacts | None) -> bool:
    """Whether OmegaConf holds values against the type."""
    return facts is not None and facts.kind in _CHECKED


def type_of(node: ConfigNode) -> TypeFacts | None:
    """The type that a node must keep, None for one that takes anything."""
    return None if isinstance(node, ConfigUnknown) else node.type


def element_type(facts: TypeFacts | None) -> TypeFacts | None:
    """What a list or dict of that type may hold."""
    if facts is None or not facts.arguments or facts.kind not in (*LISTS, TypeKind.DICT):
        return None
    return facts.arguments[-1]


def schema_of(facts: TypeFacts | None) -> SchemaFacts | None:
    """The schema that closes a mapping to keys of its own."""
    schema = facts.schema if facts is not None and facts.kind is TypeKind.SCHEMA else None
    if schema is None or not schema.complete or schema.extra is Extra.ALLOW:
        return None
    closed = schema.extra is Extra.FORBID or schema.kind is not SchemaKind.PYDANTIC
    return schema if closed else None


def from_schema(schema: SchemaFacts, inclusion: Inclusion, facts: TypeFacts | None = None) -> ConfigMap:
    """A structured config as a node: its fields with their types and defaults."""
    if facts is None and schema.extra is not Extra.ALLOW:
        facts = TypeFacts(TypeKind.SCHEMA, schema.name, schema=schema)
    children: dict[Key, ConfigNode] = {field.name: _default(field, inclusion) for field in schema.fields}
    return ConfigMap(children, Origin(schema.span, schema.span, inclusion), facts)


def _default(field: FieldFacts, inclusion: Inclusion) -> ConfigNode:
    origin = Origin(field.span, field.span, inclusion)
    if field.default is None:
        return ConfigScalar("???", origin, field.type)
    if isinstance(field.default, Unknown):
        return ConfigUnknown(field.default, origin)
    node = _plain(field.default.value, field.type, origin)
    fitted = fit(node, field.type)
    return node if isinstance(fitted, TypeFault) else fitted


def _plain(value: object, facts: TypeFacts, origin: Origin) -> ConfigNode:
    if isinstance(value, SchemaFacts):
        same = facts.schema is not None and facts.schema.name == value.name
        return from_schema(value, origin.inclusion, facts if same else None)
    inner = element_type(facts) or TypeFacts(TypeKind.ANY, "Any")
    if isinstance(value, dict):
        return ConfigMap({key: _plain(item, inner, origin) for key, item in value.items()}, origin)
    if isinstance(value, (list, tuple)):
        return ConfigList(tuple(_plain(item, inner, origin) for item in value), origin)
    if value is None or isinstance(value, str | int | float | bool | bytes):
        return ConfigScalar(value, origin)
    return ConfigScalar(str(value), origin)


def blank(facts: TypeFacts | None, origin: Origin) -> ConfigMap | None:
    """The mapping that a field of that type holds when one is merged into it while it is null or `???`."""
    if facts is not None and facts.kind is TypeKind.SCHEMA and facts.schema is not None:
        return from_schema(facts.schema, origin.inclusion, facts)
    return ConfigMap({}, origin, facts) if facts is not None and facts.kind is TypeKind.DICT else None


def fit(node: ConfigNode, facts: TypeFacts | None) -> ConfigNode | TypeFault:
    """The node as a field of that type keeps it."""
    if facts is None or facts.kind not in _CHECKED or isinstance(node, ConfigUnknown):
        return node
    if isinstance(node, ConfigScalar) and (node.is_missing or node.is_interpolation):
        return ConfigScalar(node.value, node.origin, facts)
    if isinstance(node, ConfigScalar) and node.value is None:
        return ConfigScalar(None, node.origin, facts) if facts.optional else _no_null(node, facts)
    if facts.kind in CONTAINERS:
        return _fit_container(node, facts)
    if not isinstance(node, ConfigScalar):
        return _container_for_scalar(node, facts)
    return _fit_union(node, facts) if facts.kind is TypeKind.UNION else _fit_scalar(node, facts)


def fit_new(node: ConfigNode, facts: TypeFacts | None) -> ConfigNode | TypeFault:
    """A node put by an override where nothing was: a plain mapping is no structured config."""
    if facts is not None and facts.kind is TypeKind.SCHEMA and isinstance(node, ConfigMap):
        words = f"Invalid type assigned: dict is not a subclass of {facts.text}. value: {shown_text(node)}"
        return TypeFault(words, node, facts)
    return fit(node, facts)


def fit_result(node: ConfigNode, facts: TypeFacts | None) -> ConfigNode | TypeFault:
    """The value of an interpolation as a field of that type gives it: single values are converted."""
    if facts is None or facts.kind not in SCALARS or (isinstance(node, ConfigScalar) and node.is_missing):
        return node
    return fit(node, facts)


def _no_null(node: ConfigScalar, facts: TypeFacts) -> TypeFault:
    words = f"Incompatible value 'None' for field of type '{facts.text}'"
    if facts.kind in CONTAINERS:
        words = "field is not Optional"
    return TypeFault(words, node, facts)


def _container_for_scalar(node: ConfigMap | ConfigList, facts: TypeFacts) -> TypeFault:
    name = "dict" if isinstance(node, ConfigMap) else "list"
    words = f"Value '{shown_text(node)}' of type '{name}' could not be converted to {_name(facts)}"
    return TypeFault(words, node, facts)


def _name(facts: TypeFacts) -> str:
    return {TypeKind.INT: "Integer", TypeKind.FLOAT: "Float"}.get(facts.kind, facts.text)


def _fit_scalar(node: ConfigScalar, facts: TypeFacts) -> ConfigNode | TypeFault:
    try:
        return ConfigScalar(_CONVERT[facts.kind](node.value, facts), node.origin, facts)
    except ValueError:
        shown = scalar_text(node.value)
        words = (
            f"Value '{shown}' of type '{type(node.value).__name__}' could not be converted to {_name(facts)}"
        )
        if facts.kind is TypeKind.BOOL:
            words = f"Value '{shown}' is not a valid bool (type {type(node.value).__name__})"
        elif facts.kind is TypeKind.ENUM:
            words = f"Invalid value '{shown}', expected one of [{', '.join(map(str, facts.choices))}]"
        return TypeFault(words, node, facts)


def _integer(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if type(value) in (str, int):
        return int(value)  # type: ignore[arg-type] # narrowed by the exact types
    raise ValueError


def _float(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if type(value) in (str, int, float):
        return float(value)  # type: ignore[arg-type] # narrowed by the exact types
    raise ValueError


def _text(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if isinstance(value, bytes):
        raise ValueError
    return str(value)


def _boolean(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if isinstance(value, int):
        return bool(value)
    if not isinstance(value, str):
        raise ValueError
    if value.lower() in _TRUE or value.lower() in _FALSE:
        return value.lower() in _TRUE
    return int(value) != 0


def _bytes(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if not isinstance(value, bytes):
        raise ValueError
    return value


def _path(value: ScalarValue, _facts: TypeFacts) -> ScalarValue:
    if not isinstance(value, str):
        raise ValueError
    return str(PurePosixPath(value))


def _member(value: ScalarValue, facts: TypeFacts) -> ScalarValue:
    """An enum's member by its name, or by its value when that is a whole number."""
    if isinstance(value, str):
        name = value.removeprefix(facts.text.rpartition(".")[2] + ".")
        if name in facts.choices:
            return name
    elif type(value) is int:
        if value in facts.values:
            return str(facts.choices[facts.values.index(value)])
        if not facts.values:
            return value
    raise ValueError


_CONVERT = {
    TypeKind.INT: _integer,
    TypeKind.FLOAT: _float,
    TypeKind.STR: _text,
    TypeKind.BOOL: _boolean,
    TypeKind.BYTES: _bytes,
    TypeKind.PATH: _path,
    TypeKind.ENUM: _member,
}
PYTHON = {
    TypeKind.INT: int,
    TypeKind.FLOAT: float,
    TypeKind.STR: str,
    TypeKind.BOOL: bool,
    TypeKind.BYTES: bytes,
}


def _fit_union(node: ConfigScalar, facts: TypeFacts) -> ConfigNode | TypeFault:
    """A union converts nothing: the value has to be of one of its types already."""
    if any(argument.kind not in PYTHON for argument in facts.arguments):
        return ConfigScalar(node.value, node.origin, facts)
    if any(type(node.value) is PYTHON[argument.kind] for argument in facts.arguments):
        return ConfigScalar(node.value, node.origin, facts)
    shown, name = scalar_text(node.value), type(node.value).__name__
    words = f"Value '{shown}' of type '{name}' is incompatible with type hint '{facts.text}'"
    return TypeFault(words, node, facts)


def _fit_container(node: ConfigNode, facts: TypeFacts) -> ConfigNode | TypeFault:
    if isinstance(node, ConfigList) and facts.kind in LISTS:
        return _fit_list(node, facts)
    if isinstance(node, ConfigMap) and facts.kind is TypeKind.DICT:
        return _fit_dict(node, facts)
    if isinstance(node, ConfigMap) and facts.kind is TypeKind.SCHEMA:
        return _fit_schema(node, facts)
    name = "dict" if isinstance(node, ConfigMap) else "list"
    if isinstance(node, ConfigScalar):
        name = type(node.value).__name__
    words = f"Cannot assign {name} to {facts.text}"
    if facts.kind is TypeKind.SCHEMA:
        shown = scalar_text(node.value) if isinstance(node, ConfigScalar) else "…"
        words = f"Invalid type assigned: {name} is not a subclass of {facts.text}. value: {shown}"
    return TypeFault(words, node, facts)


def _fit_list(node: ConfigList, facts: TypeFacts) -> ConfigNode | TypeFault:
    items: list[ConfigNode] = []
    for index, item in enumerate(node.items):
        fitted = fit(item, element_type(facts))
        if isinstance(fitted, TypeFault):
            return fitted.below(index)
        items.append(fitted)
    return ConfigList(tuple(items), node.origin, facts)


def _fit_dict(node: ConfigMap, facts: TypeFacts) -> ConfigNode | TypeFault:
    children: dict[Key, ConfigNode] = {}
    for key, child in node.children.items():
        fault = bad_key(key, child, facts)
        fitted = fault or fit(child, element_type(facts))
        if isinstance(fitted, TypeFault):
            return fitted.below(key)
        children[key] = fitted
    return ConfigMap(children, node.origin, facts)


def bad_key(key: Key, child: ConfigNode, facts: TypeFacts | None) -> TypeFault | None:
    """Why a dict of that type cannot have the key."""
    if facts is None or facts.kind is not TypeKind.DICT or len(facts.arguments) < 2:
        return None
    wanted = PYTHON.get(facts.arguments[0].kind)
    if wanted is None or isinstance(key, wanted):
        return None
    words = f"Key {key!r} ({type(key).__name__}) is incompatible with ({wanted.__name__})"
    return TypeFault(words, child, facts)


def _fit_schema(node: ConfigMap, facts: TypeFacts) -> ConfigNode | TypeFault:
    """A mapping laid over the defaults of the schema."""
    if facts.schema is None or type_of(node) is not None:
        return node
    base = from_schema(facts.schema, node.origin.inclusion, facts)
    children: dict[Key, ConfigNode] = dict(base.children)
    for key, child in node.children.items():
        fault = unknown_field(key, child, facts)
        old = children.get(key)
        fitted = fault or fit(child, None if old is None else type_of(old))
        if isinstance(fitted, TypeFault):
            return fitted.below(key)
        if not (isinstance(child, ConfigScalar) and child.is_missing):
            children[key] = fitted
    return ConfigMap(children, node.origin, facts)


def unknown_field(key: Key, child: ConfigNode, facts: TypeFacts | None) -> TypeFault | None:
    """Why a mapping of that type cannot have the key."""
    schema = schema_of(facts)
    if facts is None or schema is None or any(field.name == key for field in schema.fields):
        return None
    return TypeFault(f"Key '{join_key((key,))}' not in '{schema.name}'", child, facts, unknown_field=True)


def shown_text(node: ConfigNode) -> str:
    """A node as it stands in a message."""
    return scalar_text(node.value) if isinstance(node, ConfigScalar) else container_text(node)
