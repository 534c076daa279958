"""A small config tree and a command line in, Hydra's judgement beside ours out."""

from __future__ import annotations

from pathlib import Path

from tests.properties.case import Accepted, Case
from tests.properties.hydra_runner import run_hydra
from tests.unit.compose.support import word
from trainlint.compose.api import ComposeCache, compose
from trainlint.compose.request import ComposeRequest, Provider, SearchEntry
from trainlint.facts.config import (
    Composition,
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    DuplicateOverride,
    MissingValue,
    UnresolvedInterpolation,
)
from trainlint.facts.value import Known
from trainlint.source import Files, Span

HERE = Span.at("jobs.txt")


def request_of(case: Case, root: Path) -> ComposeRequest:
    """The case as a launch would ask for it."""
    places = [(case.config_path, "main")]
    if case.config_dir is not None:
        places.append((case.config_dir, "command-line"))
    return ComposeRequest(
        search_path=tuple(
            SearchEntry(Provider.FILE, text, Known(root / text, HERE), role, HERE) for text, role in places
        ),
        config_name=Known(case.config_name, HERE),
        overrides=tuple(map(word, case.overrides)),
        multirun=case.multirun,
        environment={name: Known(value, HERE) for name, value in case.environment.items()},
        import_path=(root,),
        directory=Known(root, HERE),
        span=HERE,
        version_base=Known(case.version_base, HERE),
    )


def ours(case: Case, root: Path) -> tuple[Composition, ...]:
    """Our compositions of a case."""
    write(case, root)
    return compose(request_of(case, root), Files(root), ComposeCache())


def write(case: Case, root: Path) -> None:
    """The case's files on disk."""
    for name, text in case.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def refusals(compositions: tuple[Composition, ...]) -> list[CompositionProblem]:
    """The problems that stop Hydra before the script gets its config."""
    late = (UnresolvedInterpolation, DuplicateOverride)
    return [
        problem
        for composition in compositions
        for problem in composition.problems
        if not isinstance(problem, late) and not (isinstance(problem, MissingValue) and not problem.needed)
    ]


def plain(node: ConfigNode | None) -> object:
    """A tree as plain values."""
    if isinstance(node, ConfigMap):
        return {key: plain(child) for key, child in node.children.items()}
    if isinstance(node, ConfigList):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, ConfigScalar) else node


def assert_agrees(case: Case, root: Path) -> list[CompositionProblem]:
    """Our outcome is Hydra's: the same values in the same order, or a refusal in its words."""
    compositions = ours(case, root)
    outcome = run_hydra(case, root)
    problems = refusals(compositions)
    if isinstance(outcome, Accepted):
        assert problems == [], f"{case}\nHydra accepts this, we say {problems}"
        got = [plain(composition.root) for composition in compositions]
        assert got == [point.config for point in outcome.points], str(case)
        for composition in compositions:
            assert composition.unverified == (), str(case)
        order = [list(point.config) for point in outcome.points if isinstance(point.config, dict)]
        assert [list(tree) for tree in got if isinstance(tree, dict)] == order, str(case)
        return []
    assert problems, f"{case}\nHydra refuses this, we do not: {outcome.message}"
    words = problems[0].hydra.partition("\n")[0]
    said = outcome.message.replace(f"{root}/", "")  # we print paths as people see them
    assert words in said, f"{case}\nHydra says {outcome.message}\nwe say {words}"
    return problems
