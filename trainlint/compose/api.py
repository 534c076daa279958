"""A launch's config request in, what Hydra would hand to its script (or why it would not) out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from trainlint.compose import defaults_refusals as refusals
from trainlint.compose.apply import apply_overrides
from trainlint.compose.base import Base, borrowed, compose_base, lent
from trainlint.compose.cache import ComposeCache
from trainlint.compose.choices import Choices, sort_overrides
from trainlint.compose.elements import place_root
from trainlint.compose.findings import finish, possible_groups, possible_keys, with_groups, without_echoes
from trainlint.compose.override import parse_override, refuse_sweeps
from trainlint.compose.repository import Repository
from trainlint.compose.request import ComposeRequest, Override
from trainlint.compose.resolution import Surroundings
from trainlint.compose.searchpath import find_packages, missing_folder, search_path, unseen_main
from trainlint.compose.sweep import Point, expand_sweep, first_points
from trainlint.facts.config import (
    Composition,
    CompositionProblem,
    ConfigScalar,
    InclusionKind,
    MissingValue,
    UnresolvedInterpolation,
    select,
)
from trainlint.facts.value import Known, Unknown
from trainlint.record import record
from trainlint.source import Files

__all__ = ["ComposeCache", "compose"]


@record
class _Job:
    """A request with all that its points share."""

    request: ComposeRequest
    repository: Repository
    surroundings: Surroundings
    cache: ComposeCache


def compose(
    request: ComposeRequest, files: Files, cache: ComposeCache | None = None
) -> tuple[Composition, ...]:
    """The compositions of a launch: one, or one for each point of a multirun up to the cap.

    Every problem is reported, not only the first that Hydra would stop at. Launches of one run share `cache`.
    """
    cache = cache or ComposeCache()
    overrides, problems, unverified = _parse(request)
    request = replace(request, search_path=find_packages(request, files))
    missing = missing_folder(request, files)
    if missing is not None:
        return (_nothing((*problems, missing), unverified),)
    if isinstance(request.config_name, Unknown):
        return (_nothing(problems, (*unverified, request.config_name)),)
    surroundings = Surroundings(request.environment, request.resolvers, request.opaque_resolvers)
    path = search_path(request, overrides, surroundings, files, cache)
    problems = (*problems, *path.problems)
    absent = _absent_primary(request, path.repository)
    if isinstance(absent, Unknown):
        return (_nothing(problems, (*unverified, absent)),)
    if absent is not None:
        return (_nothing((*problems, absent), unverified),)
    found = _compose_all(_Job(request, path.repository, surroundings, cache), overrides)
    first = replace(
        found[0],
        problems=(*problems, *found[0].problems),
        unverified=(*unverified, *found[0].unverified),
    )
    return tuple(_once((first, *found[1:])))


def _parse(
    request: ComposeRequest,
) -> tuple[tuple[Override, ...], tuple[CompositionProblem, ...], tuple[Unknown, ...]]:
    parsed = [parse_override(word) for word in request.overrides]
    overrides = tuple(item for item in parsed if isinstance(item, Override))
    unverified = tuple(item for item in parsed if isinstance(item, Unknown))
    problems = tuple(item for item in parsed if isinstance(item, CompositionProblem))
    return overrides, problems, unverified


def _absent_primary(request: ComposeRequest, repository: Repository) -> CompositionProblem | Unknown | None:
    """Why there is no primary config to compose."""
    unseen = unseen_main(repository)
    if unseen is not None:
        return unseen
    name = request.config_name
    if name.value is None or repository.load(name.value) is not None:
        return None
    element = place_root(name.value, name.span, InclusionKind.PRIMARY, repository.legacy)
    return refusals.doubt(element, repository) or refusals.not_found(element, repository)


def _nothing(problems: Iterable[CompositionProblem], unverified: Iterable[Unknown]) -> Composition:
    return Composition(None, None, None, (), (), tuple(problems), tuple(unverified))


def _compose_all(job: _Job, overrides: tuple[Override, ...]) -> tuple[Composition, ...]:
    narrowed = sort_overrides(first_points(overrides, job.repository), job.repository)
    base = _base(job, narrowed, False)
    multirun = job.request.multirun or _mode(base, overrides) in ("MULTIRUN", "RunMode.MULTIRUN", 2)
    refused = refuse_sweeps(overrides, multirun=multirun)
    if multirun:
        return _compose_sweep(job, overrides, refused)
    return (_composition(job, base, narrowed, refused),)


def _mode(base: Base, overrides: Sequence[Override]) -> object:
    """`hydra.mode`, from the command line or the config."""
    for override in reversed(overrides):
        if override.key == "hydra.mode" and isinstance(override.value, ConfigScalar):
            return override.value.value
    node = select(base.root, ("hydra", "mode"))
    return node.value if isinstance(node, ConfigScalar) else None


def _compose_sweep(
    job: _Job, overrides: tuple[Override, ...], refused: tuple[CompositionProblem, ...]
) -> tuple[Composition, ...]:
    """The sweep's own composition, without what is swept over, must stand; then each point."""
    choices = sort_overrides(overrides, job.repository)
    base = _base(job, choices, True)
    master = _composition(job, base, choices, refused, Point((), ()))
    root, _, _ = apply_overrides(base.root, choices.settings, job.surroundings)
    sweep = expand_sweep(overrides, root, job.repository, job.request.sweep_cap)
    points = [_compose_point(job, point) for point in sweep.points] or [master]
    needed = tuple(p for p in master.problems if not (isinstance(p, MissingValue | UnresolvedInterpolation)))
    first = replace(
        points[0],
        problems=(*needed, *sweep.problems, *points[0].problems),
        unverified=(*sweep.unverified, *points[0].unverified),
    )
    return (first, *points[1:])


def _compose_point(job: _Job, point: Point) -> Composition:
    choices = sort_overrides(point.overrides, job.repository)
    return _composition(job, _base(job, choices, False), choices, (), point)


def _base(job: _Job, choices: Choices, skip_missing: bool) -> Base:
    """The composition before its settings, shared by all launches that choose the same."""
    name = job.request.config_name.value
    environment = frozenset(
        (key, value.value if isinstance(value, Known) else None)
        for key, value in job.request.environment.items()
    )
    texts = tuple(text for text, _ in choices.identity)
    key: Hashable = (id(job.repository), name, skip_missing, texts, environment)
    base = job.cache.base(key, lambda: _made(job, choices, skip_missing))
    if base.identity == choices.identity:
        return base
    return lent(base, choices.identity) or _made(job, choices, skip_missing)


def _made(job: _Job, choices: Choices, skip_missing: bool) -> Base:
    return compose_base(
        job.repository, job.request.config_name.value, choices, skip_missing, job.surroundings
    )


def _composition(
    job: _Job,
    base: Base,
    choices: Choices,
    refused: tuple[CompositionProblem, ...],
    point: Point | None = None,
) -> Composition:
    """The settings applied on top of a base, and everything that is wrong with the whole.

    When something is wrong, stories are told: then the base is made anew with this launch's own places.
    """
    composition = _settled(job, base, choices, refused, point)
    if composition.problems and base.identity != choices.identity:
        return _settled(job, _made(job, choices, base.skip_missing), choices, refused, point)
    return composition


def _settled(
    job: _Job, base: Base, choices: Choices, refused: tuple[CompositionProblem, ...], point: Point | None
) -> Composition:
    root, problems, undecided = apply_overrides(base.root, choices.settings, job.surroundings)
    finished = finish(root, base.gaps, job.surroundings, base.specials, point is not None)
    problems, doubts = possible_groups(problems, choices.settings, job.repository)
    failures, unsure = possible_keys(finished.problems, job.repository)
    return Composition(
        finished.root,
        finished.hydra,
        base.primary,
        base.primary_siblings,
        base.choices,
        (
            *refused,
            *choices.problems,
            *base.problems,
            *with_groups(without_echoes(problems, base.gaps), base.choices),
            *failures,
        ),
        (*base.unverified, *finished.unverified, *undecided, *doubts, *unsure),
        base.files,
        point.texts if point else (),
        borrowed(base, choices.identity),
    )


def _once(compositions: Iterable[Composition]) -> Iterator[Composition]:
    """Each problem with the first point that has it."""
    seen: set[Hashable] = set()
    for composition in compositions:
        fresh = []
        for problem in composition.problems:
            identity = (type(problem), problem.span, problem.hydra.partition("\n")[0])
            if identity not in seen:
                seen.add(identity)
                fresh.append(problem)
        yield replace(composition, problems=tuple(fresh))
