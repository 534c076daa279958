"""A config file in, its top-level mapping with places out, or why there is none."""

from __future__ import annotations

from trainlint.facts.yaml import YamlDuplicate, YamlMap, YamlNode, YamlProblem, YamlScalar
from trainlint.parse.json_text import JsonReader
from trainlint.parse.yaml_build import Builder, Refused
from trainlint.parse.yaml_nodes import compose_nodes
from trainlint.record import record
from trainlint.source import SourceFile, Span


@record
class Document:
    """What a file holds: `body` is empty when `problem` says that there is no mapping."""

    body: YamlMap
    problem: YamlProblem | None
    duplicates: tuple[YamlDuplicate, ...] = ()


def read_json(source: SourceFile) -> Document:
    """A JSON file."""
    reader = JsonReader(source)
    return _document(source, reader.read(), tuple(reader.duplicates))


def read_yaml(source: SourceFile) -> Document:
    """A YAML file."""
    root = compose_nodes(source)
    if root is None or isinstance(root, YamlProblem):
        return _document(source, root, ())
    builder = Builder(source)
    try:
        node = builder.read(root)
    except Refused as refused:
        return _document(source, refused.problem, ())
    return _document(source, node, tuple(builder.duplicates))


def _document(
    source: SourceFile, node: YamlNode | YamlProblem | None, duplicates: tuple[YamlDuplicate, ...]
) -> Document:
    empty = YamlMap((), Span.at(source.display))
    if isinstance(node, YamlProblem):
        return Document(empty, node)
    if not isinstance(node, YamlMap):
        span = empty.span if node is None else node.span
        return Document(empty, YamlProblem("a config must be a mapping", span))
    return Document(node, None, duplicates)


def scalar(body: YamlMap, *path: str) -> YamlScalar | None:
    """The scalar under a path of keys; None when there is none."""
    node: YamlNode = body
    for key in path:
        if not isinstance(node, YamlMap):
            return None
        found = next((entry.node for entry in node.entries if entry.key == key), None)
        if found is None:
            return None
        node = found
    return node if isinstance(node, YamlScalar) else None


def integer(body: YamlMap, *path: str) -> tuple[int, Span] | None:
    """The whole number under a path of keys."""
    node = scalar(body, *path)
    if node is None or isinstance(node.value, bool):
        return None
    if isinstance(node.value, float) and node.value.is_integer():
        return int(node.value), node.span
    return (node.value, node.span) if isinstance(node.value, int) else None
