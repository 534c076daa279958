"""Config texts and trees in, merged trees with the story of every leaf out, as `OmegaConf.merge` does it.

Trees are shared and never changed: a merge copies the mappings on the way to what it changes.
"""

from __future__ import annotations

from dataclasses import field

from trainlint.compose.interpolation import Resolver
from trainlint.compose.keys import join_key, split_key
from trainlint.compose.resolution import Failure, Found, Path, Surroundings
from trainlint.compose.resolvers import is_text_resolver
from trainlint.compose.retype import (
    claimed,
    fit_entry,
    fit_merged,
    no_instance,
    typed_items_apart,
    unrelated,
    vacant,
)
from trainlint.compose.type_refusals import refused_by_type
from trainlint.compose.typed import (
    CONTAINERS,
    LISTS,
    TypeFault,
    bad_key,
    blank,
    element_type,
    fit,
    is_checked,
    schema_of,
    type_of,
    unknown_field,
)
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
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Unknown
from trainlint.facts.yaml import YamlMap, YamlNode, YamlScalar
from trainlint.record import record, state
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
    root = ConfigMap(dict(base.children), base.origin, base.type or over.type)
    merger = Merger(root, surroundings, source=over)
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


def _as_new(
    key: Key, node: ConfigNode, holder: TypeFacts | None, source: TypeFacts | None
) -> ConfigNode | TypeFault:
    """A node as a new entry of a mapping of type `holder`, coming from one of type `source`."""
    if schema_of(source) is None:
        fault = unknown_field(key, node, holder)
        if fault is not None:
            return fault
    return bad_key(key, node, holder) or fit_entry(node, element_type(holder))


@record
class _Place:
    """A key of a private mapping: its `children`, the full path, and the type of the mapping."""

    children: dict[Key, ConfigNode]
    key: Key
    path: Path
    holder: TypeFacts | None


@state
class Merger:
    """One merge at work: `root` is a private copy, its mappings become private as they are entered.

    In struct mode a new key is not merged but put into `refused`, with the mapping that lacks it. `lead`
    opens the words of a problem; `{error}` stands for the name of OmegaConf's exception. `source` is the
    tree that is merged, where it is a whole one.
    """

    root: ConfigMap
    surroundings: Surroundings
    problems: list[CompositionProblem] = field(default_factory=list)
    refused: list[tuple[Path, ConfigMap, ConfigNode]] = field(default_factory=list)
    struct: bool = False
    lead: str = "{error} raised while composing config:\n"
    source: ConfigMap | None = None

    def merge_into(self, target: ConfigMap, over: ConfigMap, path: Path) -> None:
        """Merge a mapping into a private one in place."""
        children = private_children(target)
        for key, node in over.children.items():
            old = children.get(key)
            if old is None and self.struct:
                self.refused.append(((*path, key), target, node))
            elif old is None:
                place = _Place(children, key, (*path, key), target.type)
                self._keep(place, _as_new(key, node, target.type, over.type))
            else:
                self._merge_child(_Place(children, key, (*path, key), target.type), old, node)

    def _merge_child(self, place: _Place, old: ConfigNode, node: ConfigNode) -> None:
        missing = isinstance(node, ConfigScalar) and node.is_missing
        if isinstance(old, ConfigScalar) and old.is_interpolation and (missing or _is_container(node)):
            target = self._dereferenced(old, place.path)
            old = place.children[place.key] = old if missing and isinstance(target, ConfigUnknown) else target
        if isinstance(node, ConfigScalar) and missing:
            self._adopt_type(place, old, node)
            return
        if isinstance(old, ConfigUnknown) and _is_container(node):
            place.children[place.key] = ConfigUnknown(old.unknown, node.origin)
            return
        facts = type_of(old)
        if isinstance(node, ConfigMap):
            base = old if isinstance(old, ConfigMap) else blank(facts, node.origin)
            if base is not None:
                self._merge_maps(place, base, node)
                return
        if facts is not None and is_checked(facts):
            if self._looks_in_vain(place, old, node):
                return
            self._keep(place, no_instance(old, node) or fit_merged(node, facts), old)
            return
        if {_shape(old), _shape(node)} == {"list", "mapping"}:
            self._conflict(place.path, old, node)
            return
        if isinstance(old, ConfigList):
            node = typed_items_apart(node)
        place.children[place.key] = overriding(node, old)

    def _looks_in_vain(self, place: _Place, old: ConfigNode, node: ConfigNode) -> bool:
        """Whether an interpolation meets a container that is null, which OmegaConf resolves then and there.

        It does so in the config that is merged alone, and stops when the target stands elsewhere.
        """
        null = isinstance(old, ConfigScalar) and old.value is None
        wanted = isinstance(node, ConfigScalar) and node.is_interpolation and _shape(old) is not None
        if self.source is None or not (null and wanted):
            return False
        result = Resolver(self.source, self.surroundings).resolve(place.path)
        if not isinstance(result, Failure):
            return False
        key = join_key(place.path)
        words = self.lead.format(error=result.error) + result.words
        message = (
            f"`{key}` is null before, so Hydra resolves this at once and in this file alone: {result.reason}"
        )
        self.problems.append(MergeConflict(node.origin.span, words, node.origin.inclusion, key, message))
        return True

    def _adopt_type(self, place: _Place, old: ConfigNode, node: ConfigScalar) -> None:
        """A typed `???` leaves what stands there, but may give it its type."""
        facts = node.type
        if facts is None or not is_checked(facts) or is_checked(type_of(old)):
            return
        if isinstance(old, ConfigMap | ConfigList):
            if facts.kind in CONTAINERS and (facts.kind in LISTS) is not isinstance(old, ConfigList):
                self._conflict(place.path, old, node)
            elif isinstance(old, ConfigMap) and facts.kind is TypeKind.DICT:
                self._keep(place, claimed(old, facts))
            elif isinstance(old, ConfigMap) and facts.schema is not None and not facts.optional:
                self._merge_maps(place, old, vacant(facts.schema, node))
        elif isinstance(old, ConfigScalar):
            self._keep(place, overriding(node, old) if facts.kind in CONTAINERS else fit(old, facts))

    def _merge_maps(self, place: _Place, old: ConfigMap, node: ConfigMap) -> None:
        fault = unrelated(old, node)
        if fault is not None:
            self._keep(place, fault)
            return
        kept = old.type if is_checked(old.type) else node.type
        fresh = ConfigMap(dict(old.children), old.origin, kept)
        place.children[place.key] = fresh
        self.merge_into(fresh, node, place.path)
        if kept is not None and kept.kind is TypeKind.DICT and kept is not old.type:
            self._keep(place, claimed(fresh, kept))

    def _keep(self, place: _Place, fitted: ConfigNode | TypeFault, old: ConfigNode | None = None) -> None:
        """Put a node in its place, or say why the type there forbids that."""
        if isinstance(fitted, TypeFault):
            self.problems.append(refused_by_type(fitted, place.path, place.holder, self.lead))
        else:
            place.children[place.key] = fitted if old is None else overriding(fitted, old)

    def _dereferenced(self, old: ConfigScalar, path: Path) -> ConfigNode:
        """An interpolation that is merged into becomes a copy of the container that it stands for."""
        target = Resolver(self.root, self.surroundings).follow(path, old)
        if isinstance(target, Found) and target.is_container:
            return overriding(target.node, old)
        opaque = isinstance(target, Unknown) and not is_text_resolver(str(old.value))
        return ConfigUnknown(target, old.origin) if isinstance(target, Unknown) and opaque else old

    def _conflict(self, path: Path, old: ConfigNode, node: ConfigNode) -> None:
        key = join_key(path)
        was, is_now = _shape(old), _shape(node)
        message = f"`{key}` is a {was} and a {is_now} cannot be merged into it"
        words = self.lead.format(error="ConfigTypeError") + "Cannot merge DictConfig with ListConfig"
        self.problems.append(MergeConflict(node.origin.span, words, node.origin.inclusion, key, message))


def _shape(node: ConfigNode) -> str | None:
    """What kind of container a node is, or would be if it had a value."""
    facts = type_of(node)
    if isinstance(node, ConfigMap) or (facts is not None and facts.kind in (TypeKind.DICT, TypeKind.SCHEMA)):
        return "mapping"
    listed = isinstance(node, ConfigList) or (facts is not None and facts.kind in LISTS)
    return "list" if listed else None


def _is_container(node: ConfigNode) -> bool:
    return isinstance(node, ConfigMap | ConfigList)


def private_children(node: ConfigMap) -> dict[Key, ConfigNode]:
    """The children of a mapping that this merge made itself and nobody else holds yet."""
    children = node.children
    if not isinstance(children, dict):
        raise TypeError("the children of a composed mapping are a dict")
    return children
