"""A composed config in, what checks look for in it out; what launches share is looked into once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TypeGuard

from trainlint.chain.given import ordered
from trainlint.compose.subtree_index import OF_LAUNCHES, SubtreeIndex
from trainlint.facts.config import (
    Composition,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    InclusionKind,
)
from trainlint.record import state

_Leaf = ConfigScalar | ConfigUnknown
_Path = tuple[str, ...]


def _is_ordered(node: ConfigNode) -> TypeGuard[_Leaf]:
    return isinstance(node, ConfigScalar | ConfigUnknown) and ordered(node.origin)


def _is_chosen(node: ConfigNode) -> TypeGuard[ConfigScalar]:
    """Whether the option of a group that the job's own command line chooses sets a value."""
    inclusion = node.origin.inclusion
    chosen = inclusion.kind is InclusionKind.OVERRIDE and inclusion.file is not None
    return chosen and isinstance(node, ConfigScalar) and not node.is_interpolation


def _may_name_home(node: ConfigNode) -> TypeGuard[ConfigScalar]:
    return (
        isinstance(node, ConfigScalar)
        and isinstance(node.value, str)
        and any(mark in node.value for mark in ("/home/", "/Users/", "~"))
    )


@state
class Written:
    """Looks at the configs of the launches of a run."""

    _ordered: SubtreeIndex[_Leaf] = field(default_factory=lambda: SubtreeIndex(_is_ordered, OF_LAUNCHES))
    _chosen: SubtreeIndex[ConfigScalar] = field(default_factory=lambda: SubtreeIndex(_is_chosen, OF_LAUNCHES))
    _references: dict[int, tuple[ConfigNode, str]] = field(default_factory=dict)
    _homes: SubtreeIndex[ConfigScalar] = field(
        default_factory=lambda: SubtreeIndex(_may_name_home, OF_LAUNCHES)
    )

    def ordered(self, root: ConfigMap) -> Iterator[tuple[_Path, _Leaf]]:
        """The leaves that the job's own command line sets, in the order of the config."""
        for path, leaf in self._ordered.learn(root):
            yield tuple(map(str, path)), leaf

    def chosen(self, root: ConfigMap) -> Iterator[tuple[_Path, ConfigScalar]]:
        """The values that come in with the options of groups that the command line chooses."""
        for path, leaf in self._chosen.learn(root):
            yield tuple(map(str, path)), leaf

    def interpolations(self, *roots: ConfigMap | None) -> str:
        """The texts of all interpolations in some configs, each once."""
        return "\n".join(self._referring(root) for root in roots if root is not None)

    def _referring(self, node: ConfigNode) -> str:
        if isinstance(node, ConfigScalar):
            return str(node.value) if node.is_interpolation else ""
        if isinstance(node, ConfigUnknown):
            return ""
        known = self._references.get(id(node))
        if known is None:
            inside = node.children.values() if isinstance(node, ConfigMap) else node.items
            texts = dict.fromkeys(filter(None, map(self._referring, inside)))
            if len(self._references) >= OF_LAUNCHES:
                self._references.clear()
            # The node is kept beside its texts, so that its id cannot be given to another one.
            known = self._references[id(node)] = (node, "\n".join(texts))
        return known[1]

    def homes(self, compositions: tuple[Composition, ...]) -> tuple[ConfigScalar, ...]:
        """The texts that may name a path in somebody's home."""
        roots = (composition.root for composition in compositions)
        return tuple(leaf for root in roots if root is not None for _, leaf in self._homes.learn(root))
