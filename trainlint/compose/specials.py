"""A composed tree in, its leaves that need a second look (missing, interpolated) out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, Key

Special = tuple[tuple[Key, ...], ConfigScalar]


@dataclass
class Specials:
    """Finds them; subtrees that many compositions share are walked once."""

    _known: dict[int, tuple[ConfigNode, tuple[Special, ...]]] = field(default_factory=dict)

    def learn(self, node: ConfigNode) -> tuple[Special, ...]:
        """The special leaves below a node, remembered for it and for everything below it."""
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        if isinstance(node, ConfigMap):
            for child in node.children.values():
                self.learn(child)
        elif isinstance(node, ConfigList):
            for child in node.items:
                self.learn(child)
        found = self.find(node)
        if isinstance(node, ConfigMap | ConfigList):
            self._known[id(node)] = (node, found)
        return found

    def find(self, node: ConfigNode) -> tuple[Special, ...]:
        """The special leaves below a node with their paths, in order."""
        if isinstance(node, ConfigScalar):
            return (((), node),) if node.is_missing or node.is_interpolation else ()
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        if isinstance(node, ConfigMap):
            return _below(self, node.children.items())
        return _below(self, enumerate(node.items)) if isinstance(node, ConfigList) else ()


def _below(specials: Specials, items: Iterable[tuple[Key, ConfigNode]]) -> tuple[Special, ...]:
    return tuple([((key, *path), leaf) for key, child in items for path, leaf in specials.find(child)])
