"""A part of the config and the call that builds it in, what each class refuses of its arguments out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path as Folder

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.names import Bound
from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.chain.roles import role_of
from trainlint.chain.signatures.bind import Given, bind
from trainlint.chain.signatures.problems import SPECIAL, Node, argument_problems
from trainlint.chain.signatures.reader import SignatureReader
from trainlint.chain.signatures.releases import Releases
from trainlint.chain.spelling import Spelling
from trainlint.chain.targets import TargetFinder
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, Key
from trainlint.facts.construction import BuildSite, ConstructionFacts
from trainlint.facts.signature import Signature, SignatureFacts, Unreadable
from trainlint.facts.target import TargetVia
from trainlint.facts.value import Known
from trainlint.record import record, state

_INSTANTIATE = Spelling(TargetVia.INSTANTIATE)
_DEPTH = 24
#: How many nodes one call may build before it is taken for a circle.
_NODES = 2000


@record
class Changes:
    """What code does to the config before it builds from it: keys written, keys that may be others."""

    written: frozenset[tuple[str, ...]] = frozenset()
    reshaped: frozenset[tuple[str, ...]] = frozenset()

    def names(self, path: Path) -> frozenset[str]:
        """The keys that code may have put into a node."""
        here = _steps(path)
        return frozenset(key[-1] for key in self.written if key[:-1] == here)

    def doubts(self, path: Path) -> bool:
        """Whether the keys of a node may be others than the config says."""
        here = _steps(path)
        return any(
            _matches(part, here[: len(part)]) or _matches(part[:-1], here)
            for part in self.reshaped
            if part or here
        )


_NONE = Changes()


@record
class _Extra:
    """What reaches one object beside its own node: the call's arguments, at the top."""

    site: BuildSite
    positional: int = 0
    keywords: frozenset[str] = frozenset()
    more: bool = False
    later: bool = False
    exact: bool = True


@state
class Constructor:
    """Checks what is built from the configs of one import path; signatures are read once."""

    finder: TargetFinder
    _signatures: dict[str, tuple[Bound | None, Signature] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lookup = ModuleLookup(self.finder.resolver)
        self.reader, self.releases = SignatureReader(lookup), Releases(lookup)

    def built(
        self,
        site: BuildSite,
        path: Path,
        node: ConfigNode,
        resolve: Resolve,
        changed: Changes = _NONE,
        folder: Folder | None = None,
    ) -> tuple[ConstructionFacts, ...]:
        """Everything that `instantiate` builds from a node for a script in `folder`, outermost first."""
        extra = _Extra(site, site.positional, site.keywords, site.more, site.later, site.exact)
        found = _Walk(self, resolve, changed, folder or self.finder.resolver.import_path[0])
        found.visit(path, node, site.recursive, extra)
        return tuple(found.facts)

    def signature(self, text: str) -> tuple[Bound | None, Signature] | None:
        """What a name takes, None when the name itself is in question."""
        if text not in self._signatures:
            location = self.finder.locator.locate(text, _INSTANTIATE)
            found: tuple[Bound | None, Signature] | None = None
            if location.is_found and location.bound is not None:
                found = location.bound, self.reader.of(location.bound, location.name)
            elif location.is_found:
                found = None, Unreadable("it is built into Python")
            self._signatures[text] = found
        return self._signatures[text]


@state
class _Walk:
    """One call's way through the config."""

    constructor: Constructor
    resolve: Resolve
    changed: Changes
    folder: Folder
    facts: list[ConstructionFacts] = field(default_factory=list)
    seen: int = 0

    def visit(self, path: Path, node: ConfigNode, recursive: bool, extra: _Extra, depth: int = 0) -> None:
        """A node: an object where it has a target, and what is below it."""
        self.seen += 1
        value = followed(path, node, self.resolve)
        if depth > _DEPTH or self.seen > _NODES or not isinstance(value, Known):
            return
        seen = value.value
        plain = _Extra(extra.site)
        if isinstance(seen, ConfigList):
            for index, item in enumerate(seen.items):
                self.visit((*path, index), item, recursive, plain, depth + 1)
        elif isinstance(seen, ConfigMap):
            recursive = self._flag(path, seen, "_recursive_", recursive)
            built = "_target_" in seen.children
            if built:
                self.facts += self._object(path, seen, extra)
            for key, child in seen.children.items() if recursive or not built else ():
                if key not in SPECIAL - {"_args_"} and str(key) not in extra.keywords:
                    self.visit((*path, key), child, recursive, plain, depth + 1)

    def _flag(self, path: Path, node: ConfigMap, key: str, default: bool) -> bool:
        child = node.children.get(key)
        value = followed((*path, key), child, self.resolve) if child is not None else None
        scalar = value.value if isinstance(value, Known) else None
        return (
            scalar.value if isinstance(scalar, ConfigScalar) and isinstance(scalar.value, bool) else default
        )

    def _object(self, path: Path, node: ConfigMap, extra: _Extra) -> Iterator[ConstructionFacts]:
        target = node.children["_target_"]
        text = self._text((*path, "_target_"), target)
        found = self.constructor.signature(text) if text is not None else None
        if found is None or text is None:
            return
        bound, signature = found
        shown = shown_key(path)
        facts = ConstructionFacts(
            key=shown,
            text=text,
            role=role_of(self.constructor.finder.base_role(bound) if bound else None, (*path, "_target_")),
            origin=target.origin,
            declared=None,
            site=extra.site.span,
            certain=extra.site.certain,
            own=bound is not None and bound.module.place.is_own,
        )
        outside = signature.outside if isinstance(signature, SignatureFacts) else frozenset()
        doubt = self.constructor.releases.doubt(self.folder, outside)
        facts = replace(facts, certain=facts.certain and self.constructor.releases.is_certain(outside))
        if isinstance(signature, Unreadable) or doubt is not None:
            yield replace(facts, reason=signature.reason if isinstance(signature, Unreadable) else doubt)
        elif not extra.exact or self.changed.doubts(path):
            reason = f"the script changes the keys of `{shown or text}` before it is built"
            yield replace(facts, reason=reason)
        else:
            yield self._held(path, node, signature, extra, facts)

    def _held(
        self, path: Path, node: ConfigMap, signature: SignatureFacts, extra: _Extra, facts: ConstructionFacts
    ) -> ConstructionFacts:
        """One object with what its class refuses of what it is given."""
        later = extra.later or self._flag(path, node, "_partial_", False)
        names = tuple(str(key) for key in node.children if key not in SPECIAL)
        names += tuple(sorted(extra.keywords - set(names)))
        positional = extra.positional or self._listed((*path, "_args_"), node.children.get("_args_"))
        if positional is None:
            return replace(facts, reason="how many arguments `_args_` holds is not known")
        refusal = bind(signature, Given(positional, names, later=later))
        put = self.changed.names(path)
        missing = tuple(entry for entry in refusal.missing if entry.name not in put)
        unseen = "the call may pass more than can be read" if missing and extra.more else None
        refusal = replace(refusal, missing=() if extra.more else missing)
        place = Node(path, node, facts.text, extra.keywords | put, positional, self.resolve, later)
        problems = tuple(argument_problems(place, signature, refusal))
        reason = (signature.unsure or unseen) if not problems else None
        return replace(facts, declared=signature.span, problems=problems, reason=reason, later=later)

    def _text(self, path: Path, node: ConfigNode) -> str | None:
        value = followed(path, node, self.resolve)
        scalar = value.value if isinstance(value, Known) else None
        return scalar.value if isinstance(scalar, ConfigScalar) and isinstance(scalar.value, str) else None

    def _listed(self, path: Path, node: ConfigNode | None) -> int | None:
        """How many positional arguments the config gives, None when that is not known."""
        if node is None:
            return 0
        value = followed(path, node, self.resolve)
        return (
            len(value.value.items)
            if isinstance(value, Known) and isinstance(value.value, ConfigList)
            else None
        )


def _steps(path: Path) -> tuple[str, ...]:
    return tuple(str(key) for key in path)


def _matches(part: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(part) == len(path) and all(one in ("*", other) for one, other in zip(part, path, strict=True))


def matching(
    node: ConfigNode, pattern: tuple[str, ...], path: Path = ()
) -> Iterator[tuple[Path, ConfigNode]]:
    """The nodes that a path with "*" for any key reaches."""
    if not pattern:
        yield path, node
        return
    step, rest = pattern[0], pattern[1:]
    children: list[tuple[Key, ConfigNode]] = []
    if isinstance(node, ConfigMap):
        children = list(node.children.items())
    elif isinstance(node, ConfigList):
        children = list(enumerate(node.items))
    for key, child in children:
        if step in ("*", str(key)):
            yield from matching(child, rest, (*path, key))
