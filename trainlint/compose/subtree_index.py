"""A tree and what to look for in, every such node with its path out; shared subtrees are walked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Generic, TypeGuard, TypeVar

from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, Key
from trainlint.record import state

N = TypeVar("N", bound=ConfigNode)
#: Nodes with their paths.
Found = tuple[tuple[tuple[Key, ...], N], ...]

#: How many containers are remembered: enough for one large composition.
_CAPACITY = 20_000
#: Enough for what launches share; what one of them changed is its own, and must not stay for long.
OF_LAUNCHES = 2_000


@state
class SubtreeIndex(Generic[N]):
    """Finds the nodes that `wanted` accepts; what was learned of a container holds wherever it stands.

    With `capacity` containers it forgets all of them and starts anew.
    """

    wanted: Callable[[ConfigNode], TypeGuard[N]]
    capacity: int = _CAPACITY
    _known: dict[int, tuple[ConfigNode, Found[N]]] = field(default_factory=dict)

    def learn(self, node: ConfigNode) -> Found[N]:
        """The wanted nodes at and below a node, remembered for it and for everything below it."""
        known = self._known.get(id(node))
        if known is not None:
            return known[1]
        found = self._collected(node, self.learn)
        if isinstance(node, ConfigMap | ConfigList):
            if len(self._known) >= self.capacity:
                self._known.clear()
            # The node is kept beside what was found, so that its id cannot be given to another one.
            self._known[id(node)] = (node, found)
        return found

    def find(self, node: ConfigNode) -> Found[N]:
        """The wanted nodes at and below a node with their paths, in order."""
        known = self._known.get(id(node))
        return known[1] if known is not None else self._collected(node, self.find)

    def _collected(self, node: ConfigNode, inside: Callable[[ConfigNode], Found[N]]) -> Found[N]:
        found: list[tuple[tuple[Key, ...], N]] = [((), node)] if self.wanted(node) else []
        for key, child in _children(node):
            if isinstance(child, ConfigMap | ConfigList):
                found += [((key, *path), below) for path, below in inside(child)]
            elif self.wanted(child):
                found.append(((key,), child))
        return tuple(found)


def _children(node: ConfigNode) -> Iterable[tuple[Key, ConfigNode]]:
    if isinstance(node, ConfigMap):
        return node.children.items()
    return enumerate(node.items) if isinstance(node, ConfigList) else ()
