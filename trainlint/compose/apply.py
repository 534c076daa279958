"""A composed tree and the command line's overrides in, the overridden tree and every refusal out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from trainlint.compose import refusals
from trainlint.compose.interpolation import Resolver
from trainlint.compose.keys import split_key, whole_number
from trainlint.compose.merge import NOTHING_KNOWN, Merger, overriding, private_children
from trainlint.compose.request import Override, OverrideKind
from trainlint.compose.resolution import Failure, Found, Path, Resolved, Surroundings
from trainlint.compose.retype import fit_merged
from trainlint.compose.type_refusals import refused_by_type
from trainlint.compose.typed import (
    CONTAINERS,
    TypeFault,
    bad_key,
    blank,
    element_type,
    fit_new,
    is_checked,
    schema_of,
    type_of,
)
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    DuplicateOverride,
)
from trainlint.facts.interpolation import InterpolationFault
from trainlint.facts.schema import TypeFacts, TypeKind
from trainlint.facts.value import Unknown
from trainlint.parse.interpolation import parse_template
from trainlint.record import record, state


def apply_overrides(
    root: ConfigMap,
    overrides: Sequence[Override],
    surroundings: Surroundings = NOTHING_KNOWN,
    *,
    strict: bool = True,
) -> tuple[ConfigMap, tuple[CompositionProblem, ...], tuple[Unknown, ...]]:
    """The tree after all value overrides, in order; a refused override is reported and passed over.

    The last part are the deletions that depend on a value which only a run knows.

    `root` is the whole tree, `hydra` included when it is known; without it `hydra.…` keys are not looked at.
    `strict` is struct mode, which Hydra always has on here.
    """
    copy = ConfigMap(dict(root.children), root.origin, root.type)
    at_work = _Application(copy, surroundings, strict, owned={id(copy.children): copy})
    for override in overrides:
        if override.key.startswith("hydra.") and "hydra" not in root.children:
            continue
        at_work.apply(override)
    problems = (*at_work.problems, *_duplicates(overrides))
    return at_work.root, problems, tuple(at_work.doubts)


def _duplicates(overrides: Sequence[Override]) -> list[CompositionProblem]:
    """Keys that one command line assigns twice; mappings are merged, so they may come several times."""
    first: dict[str, Override] = {}
    problems: list[CompositionProblem] = []
    for override in overrides:
        if override.kind is OverrideKind.DELETE or isinstance(override.value, ConfigMap):
            continue
        earlier = first.setdefault(override.key, override)
        if earlier is not override:
            problems.append(
                DuplicateOverride(override.key_span, "", override.inclusion, override.key, earlier.key_span)
            )
    return problems


@record
class _Step:
    """Where the walk along an override's key stands."""

    override: Override
    value: ConfigNode
    parts: tuple[str, ...]
    position: int
    force: bool

    @property
    def part(self) -> str:
        """The key taken at this step."""
        return self.parts[self.position]

    @property
    def is_last(self) -> bool:
        """Whether the value goes here."""
        return self.position == len(self.parts) - 1

    def next(self) -> _Step:
        """One level deeper."""
        return _Step(self.override, self.value, self.parts, self.position + 1, self.force)


#: A key with more parts than this was written to break something.
_DEEPEST = 120


@state
class _Application:
    """The overrides at work: `root` is a private copy; `owned` holds the mappings already copied."""

    root: ConfigMap
    surroundings: Surroundings
    strict: bool
    owned: dict[int, ConfigMap]
    problems: list[CompositionProblem] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)

    def apply(self, override: Override) -> None:
        """One override, by its kind."""
        if override.package is not None:
            self.problems.append(refusals.no_such_group(override))
            return
        if override.sweep_kind is not None:
            return
        if override.key.count(".") + override.key.count("[") > _DEEPEST:
            reason = f"the key has more than {_DEEPEST} parts, which are not followed"
            self.doubts.append(Unknown(reason, override.key_span))
            return
        fault = _malformed(override.value)
        if fault is not None:
            self.problems.append(refusals.malformed_value(override, fault))
            return
        if override.kind is OverrideKind.DELETE:
            self._delete(override)
        elif override.kind is OverrideKind.CHANGE:
            self._update(override, force=not self.strict)
        else:
            if override.kind is OverrideKind.ADD:
                self._check_append(override)
            self._update(override, force=True)

    def _look_up(self, key: str) -> Resolved:
        return Resolver(self.root, self.surroundings).select((), key)

    def _check_append(self, override: Override) -> None:
        """`+` is for keys that are not there, or are null; lists and mappings may be added again."""
        found = self._look_up(override.key)
        if isinstance(found, Failure):
            if not (found.absent or found.missing):
                self.problems.append(refusals.unresolved(override, found))
            return
        if not isinstance(found, Found) or isinstance(override.value, ConfigMap | ConfigList):
            return
        if isinstance(found.node, ConfigScalar) and (found.node.value is None or found.node.is_missing):
            return
        if not isinstance(found.node, ConfigUnknown):
            self.problems.append(refusals.needless_append(override, found.node.origin))

    def _update(self, override: Override, *, force: bool) -> None:
        """Set the value at the key, the way `OmegaConf.update` walks there."""
        if override.value is not None:
            changed = self._set(self.root, _Step(override, override.value, split_key(override.key), 0, force))
            self.root = changed if isinstance(changed, ConfigMap) else self.root

    def _set(self, here: ConfigNode, step: _Step) -> ConfigNode:
        """A container with the value set below it; itself when that is refused or cannot be known."""
        if isinstance(here, ConfigMap):
            child = here.children.get(step.part)
            if child is None and not step.force:
                self.problems.append(
                    refusals.unknown_key(step.override, step.parts[: step.position + 1], here)
                )
                return here
            changed = self._set_child(child, step, here.type)
            if changed is None or changed is child:
                return here
            own = self._own(here)
            private_children(own)[step.part] = changed
            return own
        if isinstance(here, ConfigList):
            return self._set_in_list(here, step)
        return here

    def _set_in_list(self, here: ConfigList, step: _Step) -> ConfigList:
        index = whole_number(step.part)
        if index is None or not -len(here.items) <= index < len(here.items):
            self.problems.append(refusals.bad_index(step.override, step.parts[: step.position + 1], here))
            return here
        if index < 0 and not step.is_last:
            self.problems.append(refusals.bad_index(step.override, step.parts[: step.position + 1], here))
            return here
        changed = self._set_child(here.items[index], step, here.type)
        if changed is None:
            return here
        items = list(here.items)
        items[index] = changed
        return ConfigList(tuple(items), here.origin, here.type)

    def _set_child(
        self, child: ConfigNode | None, step: _Step, holder: TypeFacts | None
    ) -> ConfigNode | None:
        """What stands at the step's key afterwards, None when it stays as it is."""
        if step.is_last:
            if child is not None:
                return self._put(child, step, holder)
            fitted = bad_key(step.part, step.value, holder) or fit_new(step.value, element_type(holder))
            return self._fitted(fitted, step, holder)
        if isinstance(child, ConfigUnknown):
            return None
        below: ConfigNode | None = child
        if not isinstance(child, ConfigMap | ConfigList):
            below = self._emptied(child, step, holder)
        changed = None if below is None else self._set(below, step.next())
        return None if changed is below else changed

    def _emptied(
        self, child: ConfigScalar | None, step: _Step, holder: TypeFacts | None
    ) -> ConfigNode | None:
        """The mapping that takes the place of a value which a key goes through."""
        fresh = ConfigMap({}, step.value.origin)
        facts = element_type(holder) if child is None else child.type
        if (
            child is not None
            and facts is not None
            and facts.kind in CONTAINERS
            and not child.is_interpolation
        ):
            words = f"MissingMandatoryValue: Missing mandatory value: {step.part}"
            if child.value is None:
                words = "AssertionError: Unexpected type for root: NoneType"
            return self._fitted(TypeFault(words, step.value, facts), step, holder)
        if is_checked(facts):
            return self._fitted(fit_new(fresh, facts), step, holder)
        return overriding(fresh, child) if child is not None else fresh

    def _fitted(
        self, fitted: ConfigNode | TypeFault, step: _Step, holder: TypeFacts | None
    ) -> ConfigNode | None:
        """A node that its type allows, or None and the problem."""
        if not isinstance(fitted, TypeFault):
            return fitted
        path = step.parts[: step.position + 1]
        self.problems.append(refused_by_type(fitted, path, holder, _lead(step.override)))
        return None

    def _own(self, node: ConfigMap) -> ConfigMap:
        """A mapping that nobody else holds, copied at most once."""
        if id(node.children) in self.owned:
            return node
        copy = ConfigMap(dict(node.children), node.origin, node.type)
        self.owned[id(copy.children)] = copy
        return copy

    def _put(self, old: ConfigNode, step: _Step, holder: TypeFacts | None) -> ConfigNode | None:
        """The value that stands at a key afterwards: mappings merge, everything else replaces."""
        value = step.value
        if isinstance(old, ConfigUnknown) and isinstance(value, ConfigMap):
            return ConfigUnknown(old.unknown, value.origin)
        containers = isinstance(old, ConfigMap | ConfigList) and isinstance(value, ConfigMap | ConfigList)
        if containers and type(old) is not type(value):
            self.problems.append(refusals.list_against_mapping(step.override))
            return old
        if isinstance(old, ConfigScalar) and old.value is None and isinstance(value, ConfigMap):
            kept = self._into_null(old, value, step, holder)
            if kept is not None:
                return kept
        base = old if isinstance(old, ConfigMap) else blank(type_of(old), value.origin)
        if base is not None and isinstance(value, ConfigMap):
            fresh = ConfigMap(dict(base.children), base.origin, base.type)
            merger = Merger(
                self.root,
                self.surroundings,
                self.problems,
                struct=not step.force,
                lead=_lead(step.override),
            )
            merger.merge_into(fresh, value, step.parts)
            for missing, lacking, _node in merger.refused:
                self.problems.append(refusals.unknown_key(step.override, missing, lacking))
            return fresh
        facts = type_of(old)
        fitted = self._fitted(value if facts is None else fit_merged(value, facts), step, holder)
        return None if fitted is None else overriding(fitted, old)

    def _into_null(
        self, old: ConfigScalar, value: ConfigMap, step: _Step, holder: TypeFacts | None
    ) -> ConfigNode | None:
        """A mapping given for a field that is null: OmegaConf trips over it, unless it is empty."""
        facts = old.type
        if facts is None or facts.kind not in (TypeKind.DICT, TypeKind.SCHEMA):
            return None
        if value.children:
            words = "AttributeError: 'NoneType' object has no attribute 'get'"
            self._fitted(TypeFault(words, value, facts), step, holder)
        return old

    def _delete(self, override: Override) -> None:
        found = self._look_up(override.key)
        if isinstance(found, Unknown):
            reason = f"whether `{override.text}` can be deleted depends on its value: {found.reason}"
            self.doubts.append(Unknown(reason, override.key_span))
            return
        problem = self._delete_problem(override, found)
        if problem is not None:
            self.problems.append(problem)
            return
        prefix, _, last = override.key.rpartition(".")
        holder = self._look_up(prefix) if prefix else Found((), self.root)
        if isinstance(holder, Found) and isinstance(holder.node, ConfigList):
            self.problems.append(refusals.list_item_to_delete(override))
        elif isinstance(holder, Found) and holder.path and schema_of(type_of(holder.node)):
            self.problems.append(refusals.field_to_delete(override, type_of(holder.node)))
        elif isinstance(holder, Found):
            changed = self._without(self.root, (*holder.path, last))
            self.root = changed if isinstance(changed, ConfigMap) else self.root

    def _without(self, here: ConfigNode, path: Path) -> ConfigNode:
        """A container without the key at a path."""
        key, rest = path[0], path[1:]
        if isinstance(here, ConfigList) and isinstance(key, int):
            items = list(here.items)
            items[key] = self._without(items[key], rest)
            return ConfigList(tuple(items), here.origin, here.type)
        if not isinstance(here, ConfigMap):
            return here
        own = self._own(here)
        children = private_children(own)
        if rest:
            children[key] = self._without(children[key], rest)
        else:
            del children[key]
        return own

    def _delete_problem(self, override: Override, found: Found | Failure) -> CompositionProblem | None:
        if isinstance(found, Failure):
            if found.absent:
                return refusals.nothing_to_delete(override, self.root)
            return (
                refusals.null_to_delete(override) if found.missing else refusals.unresolved(override, found)
            )
        node = found.node
        if isinstance(node, ConfigScalar) and (node.value is None or node.is_missing):
            return refusals.null_to_delete(override)
        value = override.value
        stated = value is not None and not isinstance(value, ConfigUnknown)
        if value is not None and stated and plain(value) is not None and plain(value) != plain(node):
            return refusals.other_value(override, node)
        return None


def _lead(override: Override) -> str:
    """How Hydra's words about an override that cannot be merged begin, as a format."""
    return f"Error merging override {override.text}\n".replace("{", "{{").replace("}", "}}")


def plain(node: ConfigNode) -> object:
    """A node as plain Python values."""
    if isinstance(node, ConfigMap):
        return {key: plain(child) for key, child in node.children.items()}
    if isinstance(node, ConfigList):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, ConfigScalar) else node


def _malformed(value: ConfigNode | None) -> InterpolationFault | None:
    """The first text in a value that is no readable interpolation."""
    if isinstance(value, ConfigScalar):
        template = parse_template(str(value.value)) if value.is_interpolation else None
        return template if isinstance(template, InterpolationFault) and template.on_load else None
    children: Sequence[ConfigNode] = ()
    if isinstance(value, ConfigMap):
        children = tuple(value.children.values())
    elif isinstance(value, ConfigList):
        children = value.items
    return next((fault for fault in map(_malformed, children) if fault is not None), None)
