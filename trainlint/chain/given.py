"""Tests of the code and one launch in, the config values that they look at, and where those are set, out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.evaluation import Evaluation
from trainlint.chain.events import Events
from trainlint.chain.operations import ABSENT
from trainlint.chain.symbolic.holdings import pieces
from trainlint.chain.symbolic.parts import asks_world_size, within
from trainlint.facts.config import Composition, ConfigList, ConfigMap, ConfigNode, InclusionKind, Origin
from trainlint.facts.refusal import Given
from trainlint.facts.symbols import Choice, Setting, Symbol
from trainlint.facts.value import Known, Unknown
from trainlint.record import record

_DEPTH = 24


@record
class Judged:
    """One composition with what gives symbols their values, and what the code does."""

    composition: Composition
    evaluation: Evaluation
    events: Events


def looked_at(evaluation: Evaluation, symbol: Symbol) -> Iterator[Setting]:
    """The config values that a test looks at; of a choice the side that is taken."""

    def taken(part: Symbol) -> tuple[Symbol, ...]:
        if not isinstance(part, Choice):
            return pieces(part)
        truth = evaluation.truth(part.test)
        sides = ((part.then, True), (part.other, False))
        return (part.test, *(side for side, where in sides if truth is None or truth is where))

    return (part for part in within(symbol, taken, _DEPTH) if isinstance(part, Setting))


def values_given(launch: Judged, tests: tuple[Symbol, ...], settings: list[Setting]) -> tuple[Given, ...]:
    """The values that tests look at; those that the job itself sets come first."""
    found: dict[str, Given] = {}
    for setting in settings:
        given = _one(launch, setting)
        if given is not None:
            found.setdefault(given.name, given)
    for test in tests:
        if asks_world_size(test, pieces, _DEPTH) and isinstance(launch.evaluation.world_size, Known):
            size = launch.evaluation.world_size
            found.setdefault("world size", Given("world size", size.value, launch.evaluation.place))
    return tuple(sorted(found.values(), key=lambda entry: (not entry.ordered, entry.origin is None)))


def _one(launch: Judged, setting: Setting) -> Given | None:
    value = launch.evaluation.value(setting)
    if isinstance(value, Unknown) or value.value is ABSENT:
        return None
    node = node_at(launch.composition.root, setting.path)
    name = ".".join(setting.path)
    if node is not None:
        origin = node.origin
        return Given(name, value.value, origin.span, origin, ordered(origin))
    if setting.field is not None:
        return Given(name, value.value, setting.field.span)
    return None


def ordered(origin: Origin) -> bool:
    """Whether the job's own command line sets a value."""
    inclusion = origin.inclusion
    # A structured config that an override chooses has no file either, but its values stand in its class.
    there = inclusion.kind is InclusionKind.OVERRIDE and inclusion.file is None
    return there and origin.span.file == inclusion.span.file


def node_at(root: ConfigNode | None, path: tuple[str, ...]) -> ConfigNode | None:
    """What is written at a path, or the interpolation on the way that supplies it."""
    node = root
    for step in path:
        if isinstance(node, ConfigMap):
            node = node.children.get(step) or next(
                (child for key, child in node.children.items() if str(key) == step), None
            )
        elif isinstance(node, ConfigList) and step.removeprefix("-").isdecimal():
            index = int(step)
            node = node.items[index] if -len(node.items) <= index < len(node.items) else None
        else:
            return node
    return node
