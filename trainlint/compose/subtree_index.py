"""A tree and what to look for in, every such node with its path out; shared subtrees are walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Generic, TypeGuard, TypeVar

from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, ConfigUnknown, Key
from trainlint.record import state

N = TypeVar("N", bound=ConfigNode)

#: How many containers are remembered: enough for many compositions, little beside their trees.
_CAPACITY = 20_000


@state
class SubtreeIndex(Generic[N]):
    """Finds the nodes that `wanted` accepts; what was learned of a container holds wherever it stands."""

    wanted: Callable[[ConfigNode], TypeGuard[N]]
    _known: dict[int, tuple[ConfigNode, tuple[tuple[tuple[Key, ...], N], ...]]] = field(default_factory=dict)

    def learn(self, node: ConfigNode) -> tuple[tuple[tuple[Key, ...], N], ...]:
        """The wanted nodes at and below a node, remembered for it and for everything below it."""
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        for child in _children(node):
            if isinstance(child, ConfigMap | ConfigList):
                self.learn(child)
        found = self.find(node)
        if isinstance(node, ConfigMap | ConfigList) and len(self._known) < _CAPACITY:
            # The node is kept beside what was found, so that its id cannot be given to another one.
            self._known[id(node)] = (node, found)
        return found

    def find(self, node: ConfigNode) -> tuple[tuple[tuple[Key, ...], N], ...]:
        """The wanted nodes at and below a node with their paths, in order."""
        if isinstance(node, ConfigScalar | ConfigUnknown):
            return (((), node),) if self.wanted(node) else ()
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        itself: list[tuple[tuple[Key, ...], N]] = [((), node)] if self.wanted(node) else []
        if isinstance(node, ConfigMap):
            return tuple(itself + self._below(node.children.items()))
        return tuple(itself + self._below(enumerate(node.items)))

    def _below(self, items: Iterable[tuple[Key, ConfigNode]]) -> list[tuple[tuple[Key, ...], N]]:
        below: list[tuple[tuple[Key, ...], N]] = []
        for key, child in items:
            for path, found in self.find(child):
                below.append(((key, *path), found))
        return below


def _children(node: ConfigNode) -> Iterable[ConfigNode]:
    if isinstance(node, ConfigMap):
        return node.children.values()
    return node.items if isinstance(node, ConfigList) else ()
