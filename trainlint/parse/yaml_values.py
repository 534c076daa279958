"""A YAML mapping in, its values by dotted names out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.value import Known, Unknown, Value
from trainlint.facts.yaml import YamlList, YamlMap, YamlNode, YamlScalar


def values_in(body: YamlMap, prefix: str = "") -> Iterator[tuple[str, Value[object]]]:
    """Every value that is no mapping, by the keys that lead to it."""
    for entry in body.entries:
        name = f"{prefix}{entry.key!s}"
        if isinstance(entry.node, YamlMap):
            yield from values_in(entry.node, f"{name}.")
        else:
            yield name, _value(entry.node)


def _value(node: YamlNode) -> Value[object]:
    if isinstance(node, YamlScalar):
        return Known(node.value, node.span)
    if isinstance(node, YamlList):
        items = [_value(item) for item in node.items]
        unknown = next((item for item in items if isinstance(item, Unknown)), None)
        return unknown or Known([item.value for item in items], node.span)
    return Unknown("a mapping inside a list is not read", node.span)
