"""A composed config and its script in, the classes and functions that the config names out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field, replace
from functools import cached_property
from typing import TypeGuard

from trainlint.chain.import_faults import ImportFaults, import_faults
from trainlint.chain.imports import Found, Resolver
from trainlint.chain.locate import Location, Locator
from trainlint.chain.names import Bound
from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.chain.roles import base_role, key_role, role_of
from trainlint.chain.spelling import Spelling
from trainlint.chain.suggestion import suggestion
from trainlint.compose.subtree_index import OF_LAUNCHES, SubtreeIndex
from trainlint.facts.config import (
    Composition,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Key,
)
from trainlint.facts.script import LoaderFacts, MissingImport, ScriptFacts
from trainlint.facts.symbols import Code
from trainlint.facts.target import (
    MalformedTarget,
    ModuleNotFound,
    TargetFacts,
    TargetRole,
    TargetStatus,
    TargetVia,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.record import record, state

_INSTANTIATE = Spelling(TargetVia.INSTANTIATE)
#: Hydra's own functions that look a dotted name up, and what each of them accepts.
_LOCATE = {
    "hydra.utils.get_class": Spelling(TargetVia.LOCATE, wants="class"),
    "hydra.utils.get_method": Spelling(TargetVia.LOCATE),
    "hydra.utils.get_static_method": Spelling(TargetVia.LOCATE),
    "hydra.utils.get_object": Spelling(TargetVia.LOCATE, wants="anything"),
    "pydoc.locate": Spelling(TargetVia.LOCATE, wants="anything"),
}


@state
class TargetFinder:
    """Finds the targets of every launch with one import path; each text is followed once."""

    resolver: Resolver
    _suggestions: dict[tuple[str, Spelling], str | None] = field(default_factory=dict)
    _neighbours: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _roles: dict[ast.AST, TargetRole | None] = field(default_factory=dict)
    _faults: dict[str, ImportFaults] = field(default_factory=dict)
    _sound: set[str] = field(default_factory=set)
    built: SubtreeIndex[ConfigMap] = field(default_factory=lambda: SubtreeIndex(_names_target, OF_LAUNCHES))

    @cached_property
    def locator(self) -> Locator:
        """Follows single texts."""
        return Locator(self.resolver)

    def suggestion(self, text: str, spelling: Spelling, location: Location) -> str | None:
        """What was probably meant, searched only for a broken text and only once."""
        if location.problem is None:
            return None
        key = (text, spelling)
        if key not in self._suggestions:
            self._suggestions[key] = suggestion(self.locator, text, spelling, location)
        return self._suggestions[key]

    def faults(self, modules: tuple[Found, ...]) -> ImportFaults:
        """What stops the import of the modules that lead to a target: the last one imports the others."""
        own = [module for module in modules if module.place.is_own]
        if not own:
            return ImportFaults()
        name = own[-1].name
        if name in self._sound:
            return ImportFaults()
        if name not in self._faults:
            faults = self._faults[name] = import_faults(self.resolver, own[-1])
            if not faults:
                self._sound.update(faults.loaded)
        return self._faults[name]

    def base_role(self, bound: Bound) -> TargetRole | None:
        """The role that the base classes of a class give it."""
        node = bound.definition.node
        if node not in self._roles:
            self._roles[node] = base_role(self.resolver, bound)
        return self._roles[node]

    def neighbours(self, module: str) -> tuple[str, ...]:
        """Names of the modules that stand in the same folder as one of the project's that was found."""
        if module not in self._neighbours:
            found = self.resolver.find_module(module)
            self._neighbours[module] = self._beside(found) if isinstance(found, Found) else ()
        return self._neighbours[module]

    def _beside(self, found: Found) -> tuple[str, ...]:
        place = found.directories[0] if found.directories else found.path
        if place is None or not found.place.is_own:
            return ()
        names = (name.removesuffix(".py") for name in self.resolver.files.entries(place.parent))
        return tuple(name for name in names if name.isidentifier())


@record
class _Use:
    """One place of the config whose value names a class or function."""

    path: Path
    node: ConfigNode
    spelling: Spelling
    loader: LoaderFacts | None = None


def find_targets(
    composition: Composition, script: ScriptFacts, finder: TargetFinder, resolve: Resolve | None = None
) -> tuple[TargetFacts, ...]:
    """Every class and function that a composed config names, in the order of the config.

    `resolve` answers interpolations; without it a text with one in it stays unverified.
    """
    if composition.root is None:
        return ()
    loaded = list(_loaded(composition.root, script.loaders))
    others = {use.path for use in loaded}
    built = [
        _Use((*path, "_target_"), node.children["_target_"], _INSTANTIATE)
        for path, node in finder.built.learn(composition.root)
    ]
    nodes = [use for use in built if use.path not in others]
    found = (_facts(use, finder, resolve) for use in (*nodes, *loaded))
    return tuple(_doubted(facts, script.path_doubt) for facts in found if facts is not None)


def _doubted(facts: TargetFacts, doubt: str | None) -> TargetFacts:
    """A missing module may stand in a folder that only the run puts on the import path."""
    if doubt is None:
        return facts
    unsure = tuple(found for found in facts.import_problems if isinstance(found, MissingImport))
    if unsure and facts.problem is None:
        kept = tuple(found for found in facts.import_problems if found not in unsure)
        reason = f"`{unsure[0].module}` was not found, and {doubt}"
        status = facts.status if kept or facts.syntax_error else TargetStatus.UNVERIFIED
        return replace(facts, status=status, import_problems=kept, reason=reason)
    if not isinstance(facts.problem, ModuleNotFound):
        return facts
    reason = f"`{facts.problem.missing}` was not found, and {doubt}"
    return replace(facts, status=TargetStatus.UNVERIFIED, problem=None, reason=reason, suggestion=None)


def _names_target(node: ConfigNode) -> TypeGuard[ConfigMap]:
    """Whether a node is built by `instantiate`; what `_recursive_: false` hides is built later."""
    return isinstance(node, ConfigMap) and "_target_" in node.children


def _loaded(root: ConfigMap, loaders: tuple[LoaderFacts, ...]) -> Iterator[_Use]:
    seen = set()
    for loader in loaders:
        prefix = loader.prefix.value if isinstance(loader.prefix, Known) else ""
        spelling = _LOCATE.get(loader.function) or Spelling(TargetVia.LOADER, prefix, loader.separator)
        for pattern in loader.keys:
            for path, node in _matching((), root, pattern):
                if (path, loader.prefix) not in seen:
                    seen.add((path, loader.prefix))
                    yield _Use(path, node, spelling, loader)


def _matching(path: Path, node: ConfigNode, pattern: tuple[str, ...]) -> Iterator[tuple[Path, ConfigNode]]:
    """The nodes that a key pattern reaches; `*` stands for every key or index."""
    if not pattern:
        yield path, node
        return
    step, rest = pattern[0], pattern[1:]
    children: list[tuple[Key, ConfigNode]] = []
    if isinstance(node, ConfigMap):
        children = [(key, child) for key, child in node.children.items() if step in ("*", str(key))]
    elif isinstance(node, ConfigList):
        children = [(index, child) for index, child in enumerate(node.items) if step in ("*", str(index))]
    elif isinstance(node, ConfigUnknown):
        yield path, node
    for key, child in children:
        yield from _matching((*path, key), child, rest)


def _facts(use: _Use, finder: TargetFinder, resolve: Resolve | None) -> TargetFacts | None:
    value = _value(use, resolve)
    if isinstance(value, Unknown):
        return _unverified(use, _written(use), value.reason)
    text = value.value
    if text is None or text == "???":
        return None
    if not isinstance(text, str):
        return _not_text(use, text)
    prefix = use.loader.prefix if use.loader is not None else None
    if isinstance(prefix, Unknown):
        return _unverified(use, text, prefix.reason)
    return _located(use, text, finder)


def _value(use: _Use, resolve: Resolve | None) -> Value[object]:
    seen = followed(use.path, use.node, resolve)
    if isinstance(seen, Unknown):
        return seen
    if not isinstance(seen.value, ConfigScalar):
        return Unknown("a class is named here by a mapping or a list", use.node.origin.span)
    return Known(seen.value.value, seen.span)


def _located(use: _Use, text: str, finder: TargetFinder) -> TargetFacts:
    location = finder.locator.locate(text, use.spelling)
    faults = finder.faults(location.modules)
    bound = location.bound
    return TargetFacts(
        key=shown_key(use.path),
        text=text,
        module=location.module,
        name=location.name,
        role=role_of(finder.base_role(bound) if bound is not None else None, use.path),
        origin=use.node.origin,
        status=_status(location, faults),
        definition=bound.definition.span if bound is not None else None,
        problem=location.problem,
        reason=location.reason,
        loader=use.loader.span if use.loader is not None else None,
        neighbours=finder.neighbours(location.module) if location.problem is None else (),
        via=use.spelling.via,
        suggestion=finder.suggestion(text, use.spelling, location),
        import_problems=faults.imports,
        syntax_error=faults.syntax,
        path=tuple(map(str, use.path)),
        code=_code(bound),
    )


def _code(bound: Bound | None) -> Code | None:
    """The function or class that was found, when it is the project's own."""
    if bound is None or not bound.module.place.is_own:
        return None
    node = bound.definition.node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return Code(bound.facts, node)
    return None


def _status(location: Location, faults: ImportFaults) -> TargetStatus:
    if location.problem is not None or faults:
        return TargetStatus.BROKEN
    return TargetStatus.FOUND if location.is_found else TargetStatus.UNVERIFIED


def _not_text(use: _Use, value: object) -> TargetFacts:
    """A number or the like where a name has to stand."""
    kind = type(value).__name__
    if use.spelling.via is TargetVia.LOADER:
        runtime = f"AttributeError: '{kind}' object has no attribute 'split'"
    else:
        runtime = use.spelling.no_call(str(value), kind)
    message = f"`{shown_key(use.path)}` is `{value}`, which names no class or function"
    problem = MalformedTarget(message, runtime)
    return _bare(use, str(value), TargetStatus.BROKEN, problem, None)


def _unverified(use: _Use, text: str, reason: str) -> TargetFacts:
    return _bare(use, text, TargetStatus.UNVERIFIED, None, reason)


def _bare(
    use: _Use, text: str, status: TargetStatus, problem: MalformedTarget | None, reason: str | None
) -> TargetFacts:
    """Facts of a name that was not followed anywhere."""
    return TargetFacts(
        key=shown_key(use.path),
        text=text,
        module="",
        name="",
        role=key_role(use.path) or TargetRole.OTHER,
        origin=use.node.origin,
        status=status,
        problem=problem,
        reason=reason,
        loader=use.loader.span if use.loader is not None else None,
        via=use.spelling.via,
    )


def _written(use: _Use) -> str:
    """The text as far as it is known, else the key that should hold it."""
    return str(use.node.value) if isinstance(use.node, ConfigScalar) else shown_key(use.path)
