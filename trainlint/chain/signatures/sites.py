"""What a script does in, the calls that build objects from the config out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.resolving import Path
from trainlint.chain.signatures.construct import Changes, matching
from trainlint.chain.signatures.items import for_item
from trainlint.chain.symbolic.holdings import settings_in
from trainlint.chain.symbolic.settings import child_of
from trainlint.facts.behaviour import Behaviour, Call, Change
from trainlint.facts.config import ConfigMap, ConfigNode
from trainlint.facts.construction import BuildSite
from trainlint.facts.symbols import (
    Choice,
    Constant,
    Element,
    External,
    Operation,
    Sequence,
    Setting,
    Symbol,
    Table,
)
from trainlint.record import record

#: Hydra's functions that build an object.
INSTANTIATE = frozenset(
    f"{module}.{name}"
    for module in ("hydra.utils", "hydra._internal.instantiate._instantiate2")
    for name in ("instantiate", "call")
)
#: What gives the entries of a group, one after the other.
_ITERATED = frozenset(("values", "items", "list", "tuple", "sorted", "reversed", "iter", "enumerate"))
_DEPTH = 8
#: Keywords of the call that are Hydra's own.
_OWN = frozenset(("config", "_recursive_", "_partial_", "_convert_", "_args_", "_target_"))


@record
class Builds:
    """What a script builds from its config: calls with what they build, and the keys that code changes."""

    calls: tuple[tuple[Call, Symbol], ...]
    changes: Changes


def builds(behaviour: Behaviour) -> Builds:
    """Every `instantiate` of a part of the config."""
    calls = []
    for event in behaviour.events:
        if not isinstance(event, Call) or not isinstance(event.callee, External):
            continue
        what = event.positional[0] if event.positional else event.keyword("config")
        if event.callee.name in INSTANTIATE and what is not None and settings_in(what):
            calls.append((event, what))
    return Builds(tuple(calls), Changes(_written(behaviour), behaviour.reshaped))


def sites(
    found: Builds, launch: Evaluation, root: ConfigMap
) -> Iterator[tuple[BuildSite, Path, ConfigNode, bool]]:
    """The calls that build something, each with a node, and whether the launch may come to it."""
    for event, what in found.calls:
        for part in _parts(what, launch):
            for path, node in matching(root, part.path):
                here = for_item(launch, part.path, path, node) if "*" in part.path else launch
                reached = here.reached(event.place)
                yield _site(event, part, certain=reached is True), path, node, reached is not False


def _site(event: Call, part: Setting, *, certain: bool) -> BuildSite:
    names = {name for name, _ in event.keywords}
    mapping = event.keyword("**")
    more = "*" in names or "_args_" in names or "_target_" in names
    if isinstance(mapping, Table) and not mapping.open:
        known = [key.value for key, _ in mapping.entries if isinstance(key, Constant)]
        names.update(str(key) for key in known)
        more = more or len(known) < len(mapping.entries)
    elif mapping is not None:
        more = True
    names.update(name for name, _ in part.supplied)
    return BuildSite(
        path=part.path,
        span=event.span,
        positional=max(len(event.positional) - 1, 0),
        keywords=frozenset(names - _OWN - {"*", "**"}),
        more=more,
        recursive=not _is(event.keyword("_recursive_"), False),
        later=_is(event.keyword("_partial_"), True),
        certain=certain,
        exact=part.exact and event.keyword("_target_") is None,
    )


def _is(symbol: Symbol | None, value: bool) -> bool:
    return isinstance(symbol, Constant) and symbol.value is value


def _parts(symbol: Symbol, launch: Evaluation, depth: int = 0) -> Iterator[Setting]:
    """The parts of the config that a value may be, in this launch."""
    if isinstance(symbol, Setting):
        yield symbol
    elif depth > _DEPTH:
        return
    elif isinstance(symbol, Choice):
        truth = launch.truth(symbol.test)
        for side in [symbol.then] * (truth is not False) + [symbol.other] * (truth is not True):
            yield from _parts(side, launch, depth + 1)
    elif isinstance(symbol, Operation) and symbol.name in ("default", "or"):
        yield from _parts(symbol.operands[0], launch, depth + 1)
    elif isinstance(symbol, Operation) and symbol.name == "[]" and isinstance(symbol.operands[0], Element):
        yield from _items(symbol.operands[0].of, launch, depth + 1)
    elif isinstance(symbol, Element):
        yield from _items(symbol.of, launch, depth + 1)


def _items(symbol: Symbol, launch: Evaluation, depth: int) -> Iterator[Setting]:
    """What iterating over a value gives."""
    if isinstance(symbol, Operation) and symbol.name in _ITERATED and symbol.operands:
        yield from _items(symbol.operands[0], launch, depth + 1)
    elif isinstance(symbol, Choice) and depth < _DEPTH:
        truth = launch.truth(symbol.test)
        for side in [symbol.then] * (truth is not False) + [symbol.other] * (truth is not True):
            yield from _items(side, launch, depth + 1)
    elif isinstance(symbol, Sequence):
        for item in symbol.items:
            yield from _parts(item, launch, depth + 1)
    else:
        for part in _parts(symbol, launch, depth + 1):
            yield child_of(part, "*")


def _written(behaviour: Behaviour) -> frozenset[tuple[str, ...]]:
    """The keys that code writes into the config."""
    return frozenset(
        (*event.owner.path, event.name)
        for event in behaviour.events
        if isinstance(event, Change) and isinstance(event.owner, Setting)
    )
