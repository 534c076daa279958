"""A composed tree in, its leaves that need a second look (missing, interpolated) out."""

from __future__ import annotations

from typing import TypeGuard

from trainlint.compose.subtree_index import SubtreeIndex
from trainlint.facts.config import ConfigNode, ConfigScalar, Key

Special = tuple[tuple[Key, ...], ConfigScalar]
Specials = SubtreeIndex[ConfigScalar]


def find_specials() -> Specials:
    """An empty index of the leaves that have no plain value."""
    return SubtreeIndex(_is_special)


def _is_special(node: ConfigNode) -> TypeGuard[ConfigScalar]:
    return isinstance(node, ConfigScalar) and (node.is_missing or node.is_interpolation)
