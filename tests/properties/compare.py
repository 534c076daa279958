"""Hydra's outcome and ours in, what differs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from tests.properties.case import Case, Failed, KeyPath, Outcome, Plain, Point, Refused
from tests.properties.our_runner import environment_of, plain
from trainlint.compose.interpolation import Resolver
from trainlint.compose.resolution import Failure, Found, Surroundings
from trainlint.facts import config as facts
from trainlint.facts.config import Composition, CompositionProblem, ConfigUnknown, select
from trainlint.facts.value import Unknown

#: What Hydra's own words for a refusal are called by us; the first pattern found in its message decides.
KINDS: tuple[tuple[str, tuple[type[CompositionProblem], ...]], ...] = (
    (r"Cannot find primary config|Primary config directory|Additional config dir", (facts.ConfigNotFound,)),
    (r"OverrideParseException", (facts.OverrideSyntax,)),
    (r"Ambiguous value for argument|requires --multirun", (facts.AmbiguousComma, facts.OverrideSyntax)),
    (r"Sweeping over Hydra|does not support sweep type", (facts.OverrideSyntax, facts.AmbiguousComma)),
    (r"You must specify", (facts.MissingValue,)),
    (r"Could not find '|Could not load '", (facts.DefaultNotFound,)),
    (r"No match in the defaults|Did you mean to", (facts.MissingAppend, facts.DefaultsListInvalid)),
    (r"Could not append to config", (facts.NeedlessAppend,)),
    (r"Could not override '", (facts.UnknownOverrideKey, facts.SchemaUnknownField)),
    (r"Could not delete", (facts.UnknownOverrideKey, facts.MergeConflict, facts.DefaultsListInvalid)),
    (r"found duplicate key", (facts.DuplicateYamlKey,)),
    (r"^(Scanner|Parser|Composer|Constructor)Error", (facts.YamlSyntax,)),
)  # fmt: skip

#: Why an interpolation may stay unresolved in a generated case.
UNKNOWABLE = ("when the program runs", "environment variable `TL_NONE`")

#: Problems that a launch survives: they bite when the value is read, or not at all.
SURVIVED = (facts.DuplicateOverride, facts.SchemaMissingField)

CRASHES = ("AttributeError", "AssertionError", "TypeError", "ValueError", "KeyError", "RecursionError")


def refuses(problem: CompositionProblem) -> bool:
    """Whether Hydra does not start with it."""
    if isinstance(problem, facts.MissingValue):
        return problem.needed
    if isinstance(problem, facts.UnresolvedInterpolation):
        return problem.hydra.startswith("Error merging override")
    if isinstance(problem, facts.DuplicateYamlKey):
        return problem.refused
    return not isinstance(problem, SURVIVED)


def differences(case: Case, hydra: Outcome, ours: tuple[Composition, ...]) -> list[str]:
    """Every way in which our outcome is not Hydra's, in words; empty when there is none."""
    refusals = [problem for composition in ours for problem in composition.problems if refuses(problem)]
    if isinstance(hydra, Refused):
        return list(_refused(hydra, refusals, ours))
    if refusals:
        return [f"Hydra accepts, we refuse: {[(type(p).__name__, p.hydra) for p in refusals]}"]
    if not hydra.points:
        return []  # a sweep without points runs nothing
    if len(hydra.points) != len(ours):
        return [f"Hydra composes {len(hydra.points)} points, we {len(ours)}"]
    pairs = zip(hydra.points, ours, strict=True)
    return [text for point, mine in pairs for text in _point(case, point, mine)]


def _refused(
    hydra: Refused, refusals: list[CompositionProblem], ours: tuple[Composition, ...]
) -> Iterator[str]:
    doubts = [unknown.reason for composition in ours for unknown in composition.unverified]
    if any("Hydra plugin" in doubt for doubt in doubts):
        return  # the plugin that would supply the option may be installed where the launch runs
    if not refusals:
        yield f"Hydra refuses, we accept (unverified: {doubts}): {hydra.message}"
        return
    kinds = next((kinds for pattern, kinds in KINDS if re.search(pattern, hydra.message)), None)
    if kinds is not None and not any(isinstance(problem, kinds) for problem in refusals):
        found = [(type(problem).__name__, problem.hydra) for problem in refusals]
        yield f"another kind of refusal: {found} for {hydra.message}"
    elif not any(_same_words(hydra, problem) for problem in refusals):
        yield f"other words: {[problem.hydra for problem in refusals]} for {hydra.message}"


def _same_words(hydra: Refused, problem: CompositionProblem) -> bool:
    """Whether every name that Hydra quotes in the first line of its message is quoted in ours."""
    if isinstance(problem, facts.YamlSyntax) or hydra.error in CRASHES:
        return True  # a text that is no YAML, and what Hydra trips over itself, are told in our words
    said = hydra.message.split(": ", 1)[-1].split("\n")[0]
    said = re.sub(r"^In '[^']*': ", "", said)
    return all(name in problem.hydra for name in re.findall(r"'([^'/\s]+)'", said))


def _point(case: Case, point: Point, mine: Composition) -> Iterator[str]:
    wrong = list(_values(point.config, plain(mine.root), ()))
    yield from wrong or _resolutions(case, point, mine)
    chosen = {_choice_key(choice): choice.option for choice in mine.choices if not choice.listed}
    for key, option in chosen.items():
        if key not in point.choices:
            yield f"choice {key} is none of Hydra's {dict(point.choices)}"
        elif option.value != point.choices[key]:
            yield f"choice {key}: {option.value} for {point.choices[key]}"
    for key in point.choices:
        if key not in chosen and not key.startswith("hydra/"):
            yield f"choice {key} is missing"


def _resolutions(case: Case, point: Point, mine: Composition) -> Iterator[str]:
    """Interpolations that have another value for us, or fail for only one side."""
    assert mine.root is not None
    surroundings = Surroundings(environment_of(case), hydra=mine.hydra)
    resolver = Resolver(mine.root, surroundings)
    for path, value in point.resolved.items():
        result = resolver.resolve(path)
        place = ".".join(map(str, path))
        if isinstance(result, Found) and not isinstance(value, Failed):
            if "oc.dict.values" not in str(_raw(mine, path)):  # gives references, we the nodes themselves
                yield from _values(value, plain(result.node), path)
        elif isinstance(result, Found):
            yield f"{place} resolves to {plain(result.node)!r} for us, for Hydra {value}"
        elif isinstance(result, Failure) and not isinstance(value, Failed):
            yield f"{place} resolves to {value!r} for Hydra, for us {result}"
        elif isinstance(result, Unknown) and not any(word in result.reason for word in UNKNOWABLE):
            yield f"{place} is unknown to us ({result.reason}), {value!r} for Hydra"


def _raw(mine: Composition, path: KeyPath) -> object:
    return plain(select(mine.root, path))


def _choice_key(choice: facts.Choice) -> str:
    default = choice.group.replace("/", ".")
    return choice.group if choice.package == default else f"{choice.group}@{choice.package or '_global_'}"


def _values(theirs: Plain, ours: Plain, path: KeyPath) -> Iterator[str]:
    """Differences of two composed values, types and order of keys included.

    Members of enums and paths are kept by us as their names and texts.
    """
    if isinstance(theirs, Enum):
        theirs = theirs.value if isinstance(ours, int) else theirs.name  # its class is not known to us
    theirs = str(theirs) if isinstance(theirs, Path) else theirs
    place = ".".join(map(str, path)) or "the root"
    if isinstance(ours, ConfigUnknown):
        yield f"{place} is unknown to us ({ours.unknown.reason}) and {theirs!r} for Hydra"
    elif type(theirs) is not type(ours):
        yield f"{place} is {theirs!r} for Hydra, {ours!r} for us"
    elif isinstance(theirs, dict) and isinstance(ours, dict):
        if [(type(key), key) for key in theirs] != [(type(key), key) for key in ours]:
            yield f"{place} has keys {list(theirs)} for Hydra, {list(ours)} for us"
        for key in theirs.keys() & ours.keys():
            yield from _values(theirs[key], ours[key], (*path, key))
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{place} is {theirs!r} for Hydra, {ours!r} for us"
        for index, (left, right) in enumerate(zip(theirs, ours, strict=False)):
            yield from _values(left, right, (*path, index))
    elif repr(theirs) != repr(ours):  # repr: -0.0 is not 0.0, and nan is nan
        yield f"{place} is {theirs!r} for Hydra, {ours!r} for us"
