"""The overrides of a multirun in, the overrides of each of its points out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from itertools import islice, product
from math import prod

from trainlint.compose.choices import key_element
from trainlint.compose.override import parse_override
from trainlint.compose.repository import Repository
from trainlint.compose.request import Override, OverrideKind, SweepKind
from trainlint.facts.config import (
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    Origin,
    OverrideSyntax,
    select,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.record import record

BASIC = "hydra._internal.core_plugins.basic_sweeper.BasicSweeper"
_PREFIX = {OverrideKind.ADD: "+", OverrideKind.FORCE_ADD: "++", OverrideKind.DELETE: "~"}


@record
class Point:
    """One job of a sweep: all its overrides, and what tells it from the others."""

    overrides: tuple[Override, ...]
    texts: tuple[str, ...]


@record
class Sweep:
    """The points to look at; `unverified` says what of the sweep could not be followed."""

    points: tuple[Point, ...]
    problems: tuple[CompositionProblem, ...]
    unverified: tuple[Unknown, ...]


def is_hydra(override: Override) -> bool:
    """Whether it addresses Hydra's own config."""
    return override.key.startswith(("hydra.", "hydra/"))


def expand_sweep(
    overrides: Sequence[Override], root: ConfigMap | None, repository: Repository, cap: int
) -> Sweep:
    """The points of a multirun, in the order of Hydra's basic sweeper; `root` is the sweep's own config."""
    fixed = tuple(override for override in overrides if is_hydra(override) and override.sweep_kind is None)
    params, problems, unverified = _params(root)
    axes: dict[str, list[Override]] = {}
    swept = (*params, *(override for override in overrides if not is_hydra(override)))
    for override in swept:
        key = _PREFIX.get(override.kind, "") + key_element(override)
        axes[key] = _points(override, repository)
    target = select(root, ("hydra", "sweeper", "_target_"))
    basic = isinstance(target, ConfigScalar) and target.value == BASIC
    if basic:
        problems += [
            _unsupported(override) for override in swept if override.sweep_kind is SweepKind.INTERVAL
        ]
        total = prod(len(axis) for axis in axes.values())
    else:
        axes = {key: axis[:1] for key, axis in axes.items()}
        place = next((axis[0].span for axis in axes.values() if axis), None)
        if place is not None:
            unverified.append(Unknown("only its sweeper knows the points of this sweep", place))
        total = 1
    if total > cap:
        place = next(axis[0].span for axis in axes.values() if len(axis) > 1)
        unverified.append(
            Unknown(f"the sweep has {total} points, and only the first {cap} were checked", place)
        )
    chosen = islice(product(*axes.values()), cap)
    points = tuple(Point((*fixed, *point), _texts(point, axes)) for point in chosen)
    return Sweep(points, tuple(problems), tuple(unverified))


def first_points(overrides: Sequence[Override], repository: Repository) -> tuple[Override, ...]:
    """The overrides with every sweep narrowed to its first value, so that the rest can be checked."""
    return tuple(point for override in overrides for point in _points(override, repository)[:1])


def _texts(point: tuple[Override, ...], axes: dict[str, list[Override]]) -> tuple[str, ...]:
    return tuple(override.text for override, axis in zip(point, axes.values(), strict=True) if len(axis) > 1)


def _points(override: Override, repository: Repository) -> list[Override]:
    """One override for each value of a sweep; an override that is none is its own only point."""
    if override.sweep_kind is None:
        return [override]
    nodes: Sequence[ConfigNode] = override.sweep or ()
    if override.sweep_kind is SweepKind.GLOB:
        return [
            _named(override, name) for name in repository.options(override.key) if _matches(override, name)
        ]
    if override.sweep_kind is SweepKind.INTERVAL:
        return [_interval(override)]
    return [_at(override, node) for node in nodes]


def _at(override: Override, node: ConfigNode) -> Override:
    prefix = _PREFIX.get(override.kind, "")
    text = f"{prefix}{key_element(override)}={_shown(node)}"
    return replace(override, text=text, value=node, sweep=None, sweep_kind=None)


def _shown(node: ConfigNode) -> str:
    """A value as it is written on a command line."""
    if isinstance(node, ConfigList):
        return f"[{','.join(map(_shown, node.items))}]"
    if isinstance(node, ConfigMap):
        return "{" + ",".join(f"{key!s}:{_shown(child)}" for key, child in node.children.items()) + "}"
    if isinstance(node, ConfigUnknown):
        return "…"
    if node.value is None or isinstance(node.value, bool):
        return "null" if node.value is None else str(node.value).lower()
    return str(node.value)


def _named(override: Override, name: str) -> Override:
    origin = Origin(override.value_span, override.key_span, override.inclusion)
    return _at(override, ConfigScalar(name, origin))


def _matches(override: Override, name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in override.include) and not any(
        fnmatch(name, pattern) for pattern in override.exclude
    )


def _interval(override: Override) -> Override:
    """An interval has no first value, but its key can be checked."""
    origin = Origin(override.value_span, override.key_span, override.inclusion)
    unknown = Unknown("the sweeper chooses a value of this interval", override.value_span)
    return replace(override, value=ConfigUnknown(unknown, origin), sweep=None, sweep_kind=None)


def _unsupported(override: Override) -> CompositionProblem:
    words = "BasicSweeper does not support sweep type : INTERVAL_SWEEP"
    message = "Hydra's basic sweeper cannot sweep over an interval"
    return OverrideSyntax(override.value_span, words, override.inclusion, override.text, message)


def _params(root: ConfigMap | None) -> tuple[list[Override], list[CompositionProblem], list[Unknown]]:
    """The sweep that the config itself asks for: `hydra.sweeper.params`."""
    node = select(root, ("hydra", "sweeper", "params"))
    overrides: list[Override] = []
    problems: list[CompositionProblem] = []
    unverified: list[Unknown] = []
    if isinstance(node, ConfigUnknown):
        unverified.append(node.unknown)
    for key, child in node.children.items() if isinstance(node, ConfigMap) else ():
        if not isinstance(child, ConfigScalar):
            continue
        text = f"{key!s}={_shown(child)}"
        span = child.origin.span
        parsed = parse_override(Word(text, span, (text,), (span,)), child.origin.inclusion)
        if isinstance(parsed, Override):
            overrides.append(parsed)
        elif isinstance(parsed, Unknown):
            unverified.append(parsed)
        else:
            problems.append(parsed)
    return overrides, problems, unverified
