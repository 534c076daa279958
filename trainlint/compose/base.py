"""A search path, a config name and group choices in, the composed tree before any setting is applied out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from trainlint.compose.choices import Choices
from trainlint.compose.contents import contents_of
from trainlint.compose.defaults import Part, build_defaults_list
from trainlint.compose.elements import place_root
from trainlint.compose.gaps import Gap
from trainlint.compose.hydra_node import EMPTY, HERE, ROOT, is_users
from trainlint.compose.keys import split_key
from trainlint.compose.merge import embed, merge
from trainlint.compose.repository import Repository
from trainlint.compose.resolution import Surroundings
from trainlint.compose.specials import Specials
from trainlint.facts.config import (
    Choice,
    CompositionProblem,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    ConfigUnknown,
    DefaultsListInvalid,
    Inclusion,
    InclusionKind,
    Origin,
    SchemaMismatch,
    SchemaUnknownField,
    select,
)
from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.source import Span


@record
class Base:
    """A composition before its settings: `root` holds the hydra node too.

    `identity` are the group choices of the launch for which it was made, with their places.
    """

    root: ConfigMap
    choices: tuple[Choice, ...]
    problems: tuple[CompositionProblem, ...]
    unverified: tuple[Unknown, ...]
    gaps: tuple[Gap, ...]
    files: tuple[str, ...]
    primary: str | None
    primary_siblings: tuple[str, ...]
    specials: Specials
    identity: tuple[tuple[str, Span], ...]
    skip_missing: bool = False


def compose_base(
    repository: Repository,
    config_name: str | None,
    choices: Choices,
    skip_missing: bool,
    surroundings: Surroundings,
) -> Base:
    """Expand the defaults list and merge its configs in order."""
    primary = place_root(config_name or EMPTY, HERE, InclusionKind.PRIMARY, repository.legacy)
    hydra = place_root(ROOT, HERE, InclusionKind.HYDRA, repository.legacy)
    defaults = build_defaults_list((hydra, primary), repository, choices, skip_missing)
    problems = list(defaults.problems)
    gaps = list(defaults.gaps)
    root = _empty(primary.inclusion(None))
    for part in defaults.parts:
        content, found = contents_of(part, repository)
        problems += found
        if isinstance(content, ConfigUnknown):
            gaps.append(Gap(part.package, content.unknown, True))
            continue
        problems += _searchpath_elsewhere(part, content)
        root, found = _merged(root, part, content, surroundings)
        problems += found
    root = _fill(root, gaps)
    problems = [problem for problem in problems if not _is_open(problem, gaps)]
    if not choices.identity:
        repository.specials.learn(root)
    return Base(
        root,
        tuple(choice for choice in defaults.choices if is_users(choice.inclusion)),
        tuple(problems),
        (*defaults.unverified, *(gap.reason for gap in gaps[len(defaults.gaps) :])),
        tuple(gaps),
        tuple(dict.fromkeys(_files(defaults.parts))),
        next((part.config.file for part in defaults.parts if part.primary), None),
        tuple(name for name in repository.options(primary.group_path) if name not in (primary.name, EMPTY)),
        repository.specials,
        choices.identity,
        skip_missing,
    )


def lent(base: Base, identity: tuple[tuple[str, Span], ...]) -> Base | None:
    """A base made for a launch that chooses the same elsewhere, as this launch's own.

    Its values are the same; in its choices the command line's places are exchanged, while the stories of
    its nodes still tell the first launch's (`borrowed`). None where something is wrong or open.
    """
    if base.problems or base.unverified or base.gaps:
        return None
    moved = dict(borrowed(base, identity))
    choices = tuple(_moved_choice(choice, moved) for choice in base.choices)
    return replace(base, choices=choices)


def borrowed(base: Base, identity: tuple[tuple[str, Span], ...]) -> tuple[tuple[Span, Span], ...]:
    """The places of the choices for which a base was made, each with that in another launch."""
    places = zip(base.identity, identity, strict=True)
    return tuple((old, new) for (_, old), (_, new) in places if old != new)


def _moved_choice(choice: Choice, moved: Mapping[Span, Span]) -> Choice:
    inclusion, option = _moved(choice.inclusion, moved), choice.option
    place = moved_place(option.span, moved)
    if inclusion is choice.inclusion and place is option.span:
        return choice
    return replace(choice, inclusion=inclusion, option=replace(option, span=place))


def _moved(inclusion: Inclusion, moved: Mapping[Span, Span]) -> Inclusion:
    parent = _moved(inclusion.parent, moved) if inclusion.parent is not None else None
    place = moved_place(inclusion.span, moved)
    if parent is inclusion.parent and place is inclusion.span:
        return inclusion
    return replace(inclusion, span=place, parent=parent)


def moved_place(span: Span, moved: Mapping[Span, Span]) -> Span:
    """Where a part of one command's word stands in the other's; the whole word if it is written otherwise."""
    for old, new in moved.items():
        if old.file == span.file and old.line == span.line and old.column <= span.column <= old.end_column:
            start, end = span.column - old.column, span.end_column - old.column
            if new.end_column - new.column != old.end_column - old.column:
                return new
            return replace(new, column=new.column + start, end_column=new.column + end)
    return span


def _empty(inclusion: Inclusion) -> ConfigMap:
    return ConfigMap({}, Origin(inclusion.span, inclusion.span, inclusion))


def _merged(
    root: ConfigMap, part: Part, content: ConfigNode, surroundings: Surroundings
) -> tuple[ConfigMap, tuple[CompositionProblem, ...]]:
    node = embed(content, part.package)
    if isinstance(node, ConfigMap):
        merged, problems = merge(root, node, surroundings)
        place = f"In '{part.config.path}': "
        return merged, tuple(replace(problem, hydra=place + problem.hydra) for problem in problems)
    words = "Cannot merge DictConfig with ListConfig"
    message = f"`{part.config.path}` is a list and has no package that it could fill"
    if part.primary:
        words = f"primary config '{part.config.path}' must be a DictConfig, got ListConfig"
        message = "the primary config must be a mapping, not a list"
    return root, (DefaultsListInvalid(node.origin.span, words, part.inclusion, message),)


def _searchpath_elsewhere(part: Part, content: ConfigNode) -> Iterator[CompositionProblem]:
    """`hydra.searchpath` counts in the primary config only."""
    if part.primary or part.config.path == ROOT:
        return
    node = select(embed(content, part.package), ("hydra", "searchpath"))
    if node is None or (isinstance(node, ConfigScalar) and node.value in (None, "???")):
        return
    hydra = f"In '{part.config.path}': Overriding hydra.searchpath is only supported from the primary config"
    message = "`hydra.searchpath` may only be set in the primary config"
    yield DefaultsListInvalid(node.origin.key_span, hydra, part.inclusion, message)


def _fill(root: ConfigMap, gaps: Iterable[Gap]) -> ConfigMap:
    """Put an unknown node wherever something is missing and nothing else stands."""
    for gap in gaps:
        path = split_key(gap.package) if gap.package else ()
        if path and select(root, path) is None:
            inclusion = Inclusion(InclusionKind.DEFAULT, gap.package, gap.reason.span, None, None)
            origin = Origin(gap.reason.span, gap.reason.span, inclusion)
            hole = embed(ConfigUnknown(gap.reason, origin), gap.package)
            if isinstance(hole, ConfigMap):
                root, _ = merge(root, hole)
    return root


def _is_open(problem: CompositionProblem, gaps: Iterable[Gap]) -> bool:
    """Whether a type is missed where a config that is not known may have brought another type in."""
    if not isinstance(problem, (SchemaUnknownField, SchemaMismatch)):
        return False
    path = split_key(problem.key)
    return any(
        path[: len(below)] == below
        for gap in gaps
        for below in [split_key(gap.package) if gap.package else ()]
    )


def _files(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if part.config.file is not None and part.config.source.role != "hydra":
            yield part.config.file
