"""Config texts and trees in, merged trees with the story of every leaf out, as `OmegaConf.merge` does it.

Trees are shared and never changed: a merge copies the mappings on the way to what it changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trainlint.compose.interpolation import Resolver
from trainlint.compose.keys import join_key, split_key
from trainlint.compose.resolution import Found, Path, Surroundings
from trainlint.compose.resolvers import is_text_resolver
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Inclusion,
    Key,
    MergeConflict,
    Origin,
)
from trainlint.facts.value import Unknown
from trainlint.facts.yaml import YamlMap, YamlNode, YamlScalar
from trainlint.source import Span

NOTHING_KNOWN = Surroundings()


def instantiate(node: YamlNode, inclusion: Inclusion, key_span: Span | None = None) -> ConfigNode:
    """A text's node as a config node that came in by `inclusion`."""
    origin = Origin(node.span, key_span or node.span, inclusion)
    if isinstance(node, YamlScalar):
        return ConfigScalar(node.value, origin)
    if isinstance(node, YamlMap):
        return ConfigMap(
            {entry.key: instantiate(entry.node, inclusion, entry.key_span) for entry in node.entries}, origin
        )
    return ConfigList(tuple([instantiate(item, inclusion) for item in node.items]), origin)


def embed(node: ConfigNode, package: str) -> ConfigNode:
    """A config put under its package, `a.b`; the empty package is the root."""
    for part in reversed(split_key(package) if package else ()):
        node = ConfigMap({part: node}, node.origin)
    return node


def merge(
    base: ConfigMap, over: ConfigMap, surroundings: Surroundings = NOTHING_KNOWN
) -> tuple[ConfigMap, tuple[CompositionProblem, ...]]:
    """`over` merged into `base`; both roots."""
    root = ConfigMap(dict(base.children), base.origin, base.type)
    merger = Merger(root, surroundings)
    merger.merge_into(root, over, ())
    return root, tuple(merger.problems)


def overriding(node: ConfigNode, old: ConfigNode) -> ConfigNode:
    """The node with the story that it overrode another."""
    origin = _behind(node.origin, old.origin)
    if isinstance(node, ConfigScalar):
        return ConfigScalar(node.value, origin, node.type)
    if isinstance(node, ConfigMap):
        return ConfigMap(node.children, origin, node.type)
    if isinstance(node, ConfigList):
        return ConfigList(node.items, origin, node.type)
    return ConfigUnknown(node.unknown, origin)


def _behind(origin: Origin, old: Origin) -> Origin:
    last = old if origin.overrode is None else _behind(origin.overrode, old)
    return Origin(origin.span, origin.key_span, origin.inclusion, last)


@dataclass
class Merger:
    """One merge at work: `root` is a private copy, its mappings become private as they are entered.

    In struct mode a new key is not merged but put into `refused`, with the mapping that lacks it.
    """

    root: ConfigMap
    surroundings: Surroundings
    problems: list[CompositionProblem] = field(default_factory=list)
    refused: list[tuple[Path, ConfigMap, ConfigNode]] = field(default_factory=list)
    struct: bool = False

    def merge_into(self, target: ConfigMap, over: ConfigMap, path: Path) -> None:
        """Merge a mapping into a private one in place."""
        children = private_children(target)
        for key, node in over.children.items():
            old = children.get(key)
            if old is None and self.struct:
                self.refused.append(((*path, key), target, node))
            elif old is None:
                children[key] = node
            else:
                self._merge_child(children, key, old, node, path)

    def _merge_child(
        self, children: dict[Key, ConfigNode], key: Key, old: ConfigNode, node: ConfigNode, path: Path
    ) -> None:
        if isinstance(old, ConfigScalar) and old.is_interpolation:
            old = children[key] = self._dereferenced(old, (*path, key))
        if isinstance(node, ConfigScalar) and node.is_missing:
            return
        if isinstance(old, ConfigUnknown) and isinstance(node, ConfigMap | ConfigList):
            children[key] = ConfigUnknown(old.unknown, node.origin)
            return
        if isinstance(old, ConfigMap) and isinstance(node, ConfigMap):
            fresh = children[key] = ConfigMap(dict(old.children), old.origin, old.type)
            self.merge_into(fresh, node, (*path, key))
            return
        both = isinstance(old, ConfigMap | ConfigList) and isinstance(node, ConfigMap | ConfigList)
        if both and type(old) is not type(node):
            self._conflict((*path, key), old, node)
            return
        children[key] = overriding(node, old)

    def _dereferenced(self, old: ConfigScalar, path: Path) -> ConfigNode:
        """An interpolation that is merged into becomes a copy of the container that it stands for."""
        target = Resolver(self.root, self.surroundings).follow(path, old, frozenset())
        if isinstance(target, Found) and isinstance(target.node, ConfigMap | ConfigList):
            return overriding(target.node, old)
        opaque = isinstance(target, Unknown) and not is_text_resolver(str(old.value))
        return ConfigUnknown(target, old.origin) if isinstance(target, Unknown) and opaque else old

    def _conflict(self, path: Path, old: ConfigNode, node: ConfigNode) -> None:
        key = join_key(path)
        was, is_now = ("mapping", "list") if isinstance(old, ConfigMap) else ("list", "mapping")
        message = f"`{key}` is a {was} and a {is_now} cannot be merged into it"
        words = "Cannot merge DictConfig with ListConfig"
        self.problems.append(MergeConflict(node.origin.span, words, node.origin.inclusion, key, message))


def private_children(node: ConfigMap) -> dict[Key, ConfigNode]:
    """The children of a mapping that this merge made itself and nobody else holds yet."""
    children = node.children
    if not isinstance(children, dict):
        raise TypeError("the children of a composed mapping are a dict")
    return children
