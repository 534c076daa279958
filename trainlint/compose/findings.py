"""A composed tree in, its user and hydra halves and what is still wrong with it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trainlint.compose.gaps import Gap
from trainlint.compose.hydra_node import is_users, with_runtime
from trainlint.compose.interpolation import check_interpolations
from trainlint.compose.keys import join_key, split_key
from trainlint.compose.repository import Repository
from trainlint.compose.request import Override
from trainlint.compose.resolution import Surroundings
from trainlint.compose.specials import Special, Specials
from trainlint.facts.config import (
    Choice,
    CompositionProblem,
    ConfigMap,
    ConfigScalar,
    MissingValue,
    UnknownOverrideKey,
    UnresolvedInterpolation,
    select,
)
from trainlint.facts.value import Known, Unknown
from trainlint.record import record

#: Parts of the hydra node that every start reads, and those that it depends on the mode.
_ALWAYS_READ = (
    ("callbacks",),
    ("hydra_logging",),
    ("job", "chdir"),
    ("job", "env_set"),
    ("job_logging",),
    ("output_subdir",),
)
_READ_BY_RUN = (("run", "dir"),)
_READ_BY_MULTIRUN = (("launcher",), ("sweep", "dir"), ("sweep", "subdir"), ("sweeper",))


@record
class Finished:
    """The user's tree and Hydra's, and the problems that are left in the former."""

    root: ConfigMap
    hydra: ConfigMap | None
    problems: tuple[CompositionProblem, ...]
    unverified: tuple[Unknown, ...]


def finish(
    root: ConfigMap, gaps: tuple[Gap, ...], surroundings: Surroundings, specials: Specials, multirun: bool
) -> Finished:
    """Split the tree and look for what is missing or cannot be resolved in it."""
    node = root.children.get("hydra")
    hydra = with_runtime(node) if isinstance(node, ConfigMap) else None
    whole = root if hydra is None else replace(root, children={**root.children, "hydra": hydra})
    # The script gets the config without the hydra node, so `${hydra.x}` does not reach it.
    user = replace(root, children={key: child for key, child in root.children.items() if key != "hydra"})
    found = specials.find(user)
    around = _at_run_time(surroundings, hydra)
    inside = check_interpolations(user, around, found)
    at_start = check_interpolations(whole, around, _read_at_start(hydra, specials, multirun))
    problems = [*_missing(found), *inside.problems, *at_start.problems]
    unseen = {resolver.name: resolver for resolver in (*inside.unseen, *at_start.unseen)}
    return Finished(user, hydra, tuple(without_echoes(problems, gaps)), tuple(unseen.values()))


def _read_at_start(hydra: ConfigMap | None, specials: Specials, multirun: bool) -> list[Special]:
    """The user's interpolations that Hydra itself reads before the script gets its config."""
    places = (*_ALWAYS_READ, *(_READ_BY_MULTIRUN if multirun else _READ_BY_RUN))
    found = specials.find(hydra) if hydra is not None else ()
    return [
        (("hydra", *path), node)
        for path, node in found
        if any(path[: len(place)] == place for place in places) and is_users(node.origin.inclusion)
    ]


def _missing(found: Iterable[Special]) -> Iterator[CompositionProblem]:
    for path, node in found:
        if node.is_missing:
            key = join_key(path)
            words = f"Missing mandatory value: {key}"
            yield MissingValue(node.origin.span, words, node.origin.inclusion, key, False)


def _at_run_time(surroundings: Surroundings, hydra: ConfigMap | None) -> Surroundings:
    """The surroundings as the script sees them: Hydra's node and the variables that it sets."""
    env_set = select(hydra, ("job", "env_set"))
    environment = dict(surroundings.environment)
    if isinstance(env_set, ConfigMap):
        for name, node in env_set.children.items():
            if isinstance(node, ConfigScalar) and not node.is_interpolation:
                environment[str(name)] = Known(str(node.value), node.origin.span)
    return replace(surroundings, environment=environment, hydra=hydra)


def without_echoes(
    problems: Iterable[CompositionProblem], gaps: tuple[Gap, ...]
) -> Iterator[CompositionProblem]:
    """The problems that are not mere consequences of content that could not be had."""
    holes = [split_key(gap.package) if gap.package else () for gap in gaps]
    for problem in problems:
        if not any(_echoes(problem, hole) for hole in holes):
            yield problem


def _echoes(problem: CompositionProblem, hole: tuple[str, ...]) -> bool:
    if isinstance(problem, UnresolvedInterpolation):
        return not hole or ".".join(hole) in problem.expression or _below(problem.key, hole)
    if isinstance(problem, UnknownOverrideKey) or (isinstance(problem, MissingValue) and not problem.needed):
        return _below(problem.key, hole)
    return False


def _below(key: str, hole: tuple[str, ...]) -> bool:
    """Whether a key lies in the hole, or the hole in it."""
    path = split_key(key)
    shared = min(len(path), len(hole))
    return path[:shared] == hole[:shared]


def possible_groups(
    problems: Iterable[CompositionProblem], settings: Iterable[Override], repository: Repository
) -> tuple[tuple[CompositionProblem, ...], tuple[Unknown, ...]]:
    """Refusals kept apart from keys that may be config groups of a place that cannot be looked into."""
    doubt = repository.doubt
    if doubt is None:
        return tuple(problems), ()
    names = {override.key for override in settings if "." not in override.key}
    kept: list[CompositionProblem] = []
    doubts: list[Unknown] = []
    for problem in problems:
        if isinstance(problem, UnknownOverrideKey) and problem.key in names:
            reason = f"`{problem.key}` may be a config group, but {doubt.reason}"
            doubts.append(Unknown(reason, problem.span))
        else:
            kept.append(problem)
    return tuple(kept), tuple(doubts)


def possible_keys(
    problems: Iterable[CompositionProblem], repository: Repository
) -> tuple[tuple[CompositionProblem, ...], tuple[Unknown, ...]]:
    """Failures kept apart from references to keys that a schema may add which cannot be looked into."""
    doubt = repository.doubt
    if doubt is None:
        return tuple(problems), ()
    kept: list[CompositionProblem] = []
    doubts: list[Unknown] = []
    for problem in problems:
        if isinstance(problem, UnresolvedInterpolation) and problem.reason.startswith("there is no key"):
            reason = f"{problem.reason} for `{problem.expression}`, but {doubt.reason}"
            doubts.append(Unknown(reason, problem.span))
        else:
            kept.append(problem)
    return tuple(kept), tuple(doubts)


def with_groups(
    problems: Iterable[CompositionProblem], choices: tuple[Choice, ...]
) -> Iterator[CompositionProblem]:
    """Beside a top-level key that is not there, the groups that could have been meant are named too."""
    groups = [choice.group for choice in choices if choice.package == choice.group.replace("/", ".")]
    for problem in problems:
        if isinstance(problem, UnknownOverrideKey) and problem.key == problem.missing_part:
            names = [name for name in dict.fromkeys((*problem.available, *groups)) if name != "hydra"]
            problem = replace(problem, available=tuple(names))
        yield problem
