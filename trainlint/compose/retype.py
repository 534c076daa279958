"""A node without a type and a typed one that is merged over it in, what the type makes of it out."""

from __future__ import annotations

from trainlint.compose.typed import (
    CONTAINERS,
    LISTS,
    PYTHON,
    SCALARS,
    TypeFault,
    bad_key,
    element_type,
    fit,
    from_schema,
    schema_of,
    shown_text,
)
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, ConfigUnknown, Key
from trainlint.facts.schema import SchemaFacts, TypeFacts, TypeKind


def unrelated(old: ConfigMap, node: ConfigMap) -> TypeFault | None:
    """Why a structured config cannot be merged into one of another class (a subclass has all its fields)."""
    wanted, given = schema_of(old.type), schema_of(node.type)
    if wanted is None or given is None or wanted.name == given.name or old.type is None:
        return None
    if {field.name for field in wanted.fields} <= {field.name for field in given.fields}:
        return None
    words = f"Merge error: {given.name} is not a subclass of {wanted.name}. value: {shown_text(node)}"
    return TypeFault(words, node, old.type)


def no_instance(old: ConfigNode, node: ConfigNode) -> TypeFault | None:
    """Why an interpolation cannot be merged into a structured config (an override may put one there)."""
    if not isinstance(old, ConfigMap) or old.type is None or old.type.kind is not TypeKind.SCHEMA:
        return None
    if not isinstance(node, ConfigScalar) or not node.is_interpolation:
        return None
    words = f"Merge error: str is not a subclass of {old.type.text}. value: {shown_text(node)}"
    return TypeFault(words, node, old.type)


def fit_entry(node: ConfigNode, facts: TypeFacts | None) -> ConfigNode | TypeFault:
    """A node that is merged into a typed dict under a new key: containers have to fit as they are."""
    if facts is None or isinstance(node, ConfigScalar | ConfigUnknown):
        return fit(node, facts)
    if facts.kind in (*LISTS, TypeKind.DICT):
        return _strictly(node, facts)
    return fit(node, facts) if facts.kind is TypeKind.SCHEMA else node


def fit_merged(node: ConfigNode, facts: TypeFacts) -> ConfigNode | TypeFault:
    """A node that is merged into a field: containers in a list are taken as they are, if no schema is due."""
    inner = element_type(facts)
    if not isinstance(node, ConfigList) or facts.kind not in LISTS or inner is None:
        return fit(node, facts)
    items: list[ConfigNode] = []
    for index, item in enumerate(node.items):
        fitted = _fit_item(item, inner)
        if isinstance(fitted, TypeFault):
            return fitted.below(index)
        items.append(fitted)
    return ConfigList(tuple(items), node.origin, facts)


def _fit_item(item: ConfigNode, facts: TypeFacts) -> ConfigNode | TypeFault:
    if facts.kind is not TypeKind.SCHEMA:
        return item if isinstance(item, ConfigMap | ConfigList) else fit(item, facts)
    if isinstance(item, ConfigScalar) and item.is_interpolation:
        words = f"Invalid type assigned: str is not a subclass of {facts.text}. value: {shown_text(item)}"
        return TypeFault(words, item, facts)
    return fit(item, facts)


def vacant(schema: SchemaFacts, node: ConfigScalar) -> ConfigMap:
    """A structured config without values, which a `???` of that type is when it meets a mapping."""
    full = from_schema(schema, node.origin.inclusion, node.type)
    children: dict[Key, ConfigNode] = {
        field.name: ConfigScalar("???", full.children[field.name].origin, field.type)
        for field in schema.fields
    }
    return ConfigMap(children, node.origin, node.type)


def typed_items_apart(node: ConfigNode) -> ConfigNode:
    """A typed list that replaces the items of one without a type: its values come over, its type does not."""
    if not isinstance(node, ConfigList):
        return node
    items = tuple(
        ConfigScalar(item.value, item.origin) if isinstance(item, ConfigScalar) else item
        for item in node.items
    )
    return ConfigList(items, node.origin)


def claimed(node: ConfigMap, facts: TypeFacts) -> ConfigMap | TypeFault:
    """A mapping that a typed dict was merged into: nothing is converted, everything has to fit already."""
    children: dict[Key, ConfigNode] = {}
    for key, child in node.children.items():
        fitted = bad_key(key, child, facts) or _strictly(child, element_type(facts))
        if isinstance(fitted, TypeFault):
            return fitted.below(key)
        children[key] = fitted
    return ConfigMap(children, node.origin, facts)


def _claimed_list(node: ConfigList, facts: TypeFacts) -> ConfigNode | TypeFault:
    items: list[ConfigNode] = []
    for index, item in enumerate(node.items):
        fitted = _strictly(item, element_type(facts))
        if isinstance(fitted, TypeFault):
            return fitted.below(index)
        items.append(fitted)
    return ConfigList(tuple(items), node.origin, facts)


def _strictly(node: ConfigNode, facts: TypeFacts | None) -> ConfigNode | TypeFault:
    special = isinstance(node, ConfigScalar) and (
        node.value is None or node.is_missing or node.is_interpolation
    )
    if facts is None or special:
        return fit(node, facts)
    if isinstance(node, ConfigMap):
        return claimed(node, facts) if facts.kind is TypeKind.DICT else _container_in(node, facts)
    if not isinstance(node, ConfigScalar):
        return _container_in(node, facts)
    wanted = PYTHON.get(facts.kind)
    wrong = wanted is not None and not isinstance(node.value, wanted)
    if wrong or (facts.kind not in PYTHON and facts.kind in SCALARS | CONTAINERS):
        name = type(node.value).__name__
        words = f"Value {node.value!r} ({name}) is incompatible with type hint '{facts.text}'"
        return TypeFault(words, node, facts)
    return ConfigScalar(node.value, node.origin, facts)


def _container_in(node: ConfigNode, facts: TypeFacts) -> ConfigNode | TypeFault:
    if isinstance(node, ConfigList) and facts.kind in LISTS:
        return _claimed_list(node, facts)
    matching = isinstance(node, ConfigMap) and facts.kind is TypeKind.SCHEMA
    if matching or facts.kind not in SCALARS | LISTS | {TypeKind.DICT, TypeKind.SCHEMA}:
        return node
    return TypeFault(f"Value {shown_text(node)} is incompatible with type hint '{facts.text}'", node, facts)
