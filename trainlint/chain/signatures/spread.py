"""A call that unpacks a part of the config in, what its callee refuses of the keys out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.resolving import Path, Resolve, shown_key
from trainlint.chain.signatures.bind import Given, bind
from trainlint.chain.signatures.construct import Changes, Constructor, matching
from trainlint.chain.signatures.problems import Node, argument_problems
from trainlint.chain.signatures.sites import INSTANTIATE
from trainlint.facts.behaviour import Behaviour, Call
from trainlint.facts.config import ConfigMap
from trainlint.facts.construction import ConstructionFacts
from trainlint.facts.schema import Extra, SchemaFacts
from trainlint.facts.signature import Signature, SignatureFacts, Unreadable
from trainlint.facts.symbols import Code, External, Setting
from trainlint.facts.target import TargetRole
from trainlint.record import record
from trainlint.source import Span


@record
class Spread:
    """A call of `callee` with `**part`."""

    event: Call
    part: Setting
    callee: Code | External


def spreads(behaviour: Behaviour) -> tuple[Spread, ...]:
    """The calls of classes and functions that unpack a part of the config, those of Hydra left out."""
    hydra = {
        id(event.node)
        for event in behaviour.events
        if isinstance(event, Call) and isinstance(event.callee, External) and event.callee.name in INSTANTIATE
    }
    found = []
    for event in behaviour.events:
        if not isinstance(event, Call) or id(event.node) in hydra:
            continue
        part, callee = event.keyword("**"), event.callee
        whole = isinstance(part, Setting) and part.exact and not part.rest
        if (
            isinstance(part, Setting)
            and whole
            and isinstance(callee, (Code, External))
            and not _bound(callee)
        ):
            found.append(Spread(event, part, callee))
    return tuple(found)


def _bound(callee: Code | External) -> bool:
    """Whether it is a method or a lambda, whose class is not at hand."""
    return isinstance(callee, Code) and (callee.bound is not None or isinstance(callee.node, ast.Lambda))


def unpacked(
    spread: Spread,
    constructor: Constructor,
    launch: Evaluation,
    root: ConfigMap,
    changes: Changes,
    resolve: Resolve,
) -> Iterator[ConstructionFacts]:
    """What the callee refuses of the keys that it is given, for each part that the call may mean."""
    reached = launch.reached(spread.event.place)
    if reached is False or "*" in spread.part.path:
        return
    text, signature = _signature(spread, constructor)
    if signature is None or (isinstance(signature, SignatureFacts) and signature.schema is not None):
        return
    for path, node in matching(root, spread.part.path):
        if isinstance(node, ConfigMap):
            facts = ConstructionFacts(
                key=shown_key(path),
                text=text,
                role=TargetRole.OTHER,
                origin=replace(node.origin, span=_place(node)),
                declared=None,
                site=spread.event.span,
                certain=reached is True,
                own=isinstance(spread.callee, Code),
            )
            if isinstance(signature, Unreadable) or changes.doubts(path):
                continue
            yield _held(spread, path, node, signature, facts, resolve, changes)


def _signature(spread: Spread, constructor: Constructor) -> tuple[str, Signature | None]:
    callee = spread.callee
    if isinstance(callee, External):
        found = constructor.signature(callee.name) if "." in callee.name else None
        return callee.name, found[1] if found is not None else None
    return callee.name, constructor.reader.of_code(callee.module, callee.node)


def _held(
    spread: Spread,
    path: Path,
    node: ConfigMap,
    signature: SignatureFacts,
    facts: ConstructionFacts,
    resolve: Resolve,
    changes: Changes,
) -> ConstructionFacts:
    event, part = spread.event, spread.part
    written = {name for name, _ in event.keywords if name not in ("*", "**")}
    given = {name for name, _ in part.supplied} | written
    certain, possible = _keys(node, part.schema)
    names = (*certain, *sorted(given - set(certain)))
    more = sum(name in ("*", "**") for name, _ in event.keywords) > 1
    refusal = bind(signature, Given(len(event.positional), names, later=more))
    kept = changes.names(path) | possible
    missing = tuple(entry for entry in refusal.missing if entry.name not in kept)
    own = frozenset(certain) - given
    refusal = replace(
        refusal,
        missing=missing,
        unexpected=tuple(name for name in refusal.unexpected if name in own),
        twice=tuple(name for name in refusal.twice if name in own),
        surplus=0,
    )
    place = Node(path, node, facts.text, frozenset(given), len(event.positional), resolve, later=True)
    problems = tuple(argument_problems(place, signature, refusal))
    return replace(facts, declared=signature.span, problems=problems)


def _keys(node: ConfigMap, schema: SchemaFacts | None) -> tuple[tuple[str, ...], frozenset[str]]:
    """The keys that are surely passed, and those that may be: a schema keeps its fields to itself, or not."""
    keys = tuple(str(key) for key in node.children)
    if schema is None:
        return keys, frozenset()
    fields = {name for entry in schema.fields for name in (entry.name, entry.alias) if name is not None}
    extra = schema.extra is Extra.ALLOW and schema.complete
    certain = tuple(key for key in keys if key not in fields) if extra else ()
    return certain, frozenset((*keys, *fields))


def _place(node: ConfigMap) -> Span:
    """Where a mapping begins: a whole block is no place to point at."""
    span = node.origin.key_span
    return span if span.line == span.end_line else Span.at(span.file, span.line, span.column)
