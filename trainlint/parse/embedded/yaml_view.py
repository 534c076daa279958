"""A YAML text in, its documents out as nodes that can be asked for keys, scalars and lists."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from trainlint.facts.yaml import YamlProblem
from trainlint.parse.embedded.mapped import MappedText
from trainlint.parse.embedded.scalars import scalar_text
from trainlint.parse.yaml_nodes import compose_documents
from trainlint.record import record
from trainlint.source import SourceFile, Span

#: Aliases can make a small text a large tree: so many nodes are looked at.
_NODES = 20_000


@record
class View:
    """A node of a YAML text, or none."""

    source: SourceFile
    node: yaml.Node | None

    def __getitem__(self, key: str) -> View:
        """What a mapping has under a key; an empty view without it."""
        return next((value for name, value in self.entries() if name == key), View(self.source, None))

    def __bool__(self) -> bool:
        return self.node is not None

    def entries(self) -> Iterator[tuple[str, View]]:
        """Keys and values of a mapping."""
        if isinstance(self.node, yaml.MappingNode):
            for key, value in self.node.value:
                if isinstance(key, yaml.ScalarNode):
                    yield key.value, View(self.source, value)

    def elements(self) -> Iterator[View]:
        """The elements of a list."""
        if isinstance(self.node, yaml.SequenceNode):
            for value in self.node.value:
                yield View(self.source, value)

    @property
    def is_list(self) -> bool:
        """Whether the node is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    @property
    def is_map(self) -> bool:
        """Whether the node is a mapping."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_scalar(self) -> bool:
        """Whether the node is a scalar."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def value(self) -> str:
        """The text of a scalar, "" of anything else."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else ""

    @property
    def text(self) -> MappedText | None:
        """The text of a scalar with its places."""
        return scalar_text(self.source, self.node) if isinstance(self.node, yaml.ScalarNode) else None

    @property
    def span(self) -> Span:
        """Where the node is written."""
        if self.node is None:
            return Span.at(self.source.display)
        return self.source.span(self.node.start_mark.index, self.node.end_mark.index)

    def maps(self) -> Iterator[View]:
        """The mapping and every one below it, each once."""
        pending, seen = [self.node], 0
        known: set[int] = set()
        while pending and seen < _NODES:
            node = pending.pop(0)
            seen += 1
            if node is None or id(node) in known:
                continue
            known.add(id(node))
            if isinstance(node, yaml.MappingNode):
                yield View(self.source, node)
                pending[:0] = [value for _, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                pending[:0] = node.value


def documents(source: SourceFile) -> list[View]:
    """The documents of a text; none when it is no YAML."""
    nodes = compose_documents(source)
    return [] if isinstance(nodes, YamlProblem) else [View(source, node) for node in nodes]
