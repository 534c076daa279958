"""A node tree with merge keys (`<<`) in, the pairs of each of its mappings out, in PyYAML's order.

PyYAML takes mappings level by level and changes them as it goes: whether a key counts as written twice, and
the order of merged keys, depend on that order, so it is kept here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from trainlint.parse.yaml_scalars import MERGE

Pairs = list[tuple[Any, Any]]


class MergeFault(Exception):  # noqa: N818 - the text is at fault, not the program
    """A `<<` whose value cannot be merged."""

    def __init__(self, node: Any, words: str) -> None:
        super().__init__(words)
        self.node = node


def merged_pairs(root: Any, inspect: Callable[[Pairs], None]) -> dict[int, Pairs]:
    """The pairs of every mapping under its identity; `inspect` sees each mapping's before its merges."""
    pairs: dict[int, Pairs] = {}
    seen: set[int] = set()
    level = [root]
    while level:
        below: list[Any] = []
        for node in level:
            if isinstance(node, yaml.ScalarNode) or id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                inspect(_current(pairs, node))
                _flatten(pairs, node)
                below += [part for pair in _current(pairs, node) for part in pair]
            else:
                below += node.value
        level = below
    return pairs


def _current(pairs: dict[int, Pairs], node: Any) -> Pairs:
    return pairs.setdefault(id(node), list(node.value))


def _flatten(pairs: dict[int, Pairs], node: Any) -> None:
    """Put the pairs that a mapping's merge keys bring in before its own."""
    own = _current(pairs, node)
    merged: Pairs = []
    index = 0
    while index < len(own):
        key, value = own[index]
        if key.tag != MERGE:
            index += 1
            continue
        del own[index]
        merged += _brought_in(pairs, value)
        if len(merged) > MAX_PAIRS:
            raise MergeFault(value, "MemoryError")
    own[:0] = merged


def _brought_in(pairs: dict[int, Pairs], value: Any) -> Pairs:
    if not isinstance(value, yaml.MappingNode | yaml.SequenceNode):
        raise MergeFault(value, f"expected a mapping or list of mappings for merging, but found {value.id}")
    sources = [value] if isinstance(value, yaml.MappingNode) else value.value
    lists: list[Pairs] = []
    for source in sources:
        if not isinstance(source, yaml.MappingNode):
            raise MergeFault(source, f"expected a mapping for merging, but found {source.id}")
        _flatten(pairs, source)
        lists.append(_current(pairs, source))
    return [pair for brought in reversed(lists) for pair in brought]


#: More pairs than this in one mapping come only from merges that multiply one another.
MAX_PAIRS = 100_000
