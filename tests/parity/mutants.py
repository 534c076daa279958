"""The mutation study: edits of programs that train; bugs that no run complains of, and refactors.

In: the files of `tests/parity/mutations`. Out: each edit with the runs that it is to be seen in, and for a
bug where it shall show first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tests.diff.cases import SIDES, Edit, apply, of_each_side, read_edits
from tests.parity.trials import contents
from trainlint.facts.parity import Phase
from trainlint.parity.sides import Side

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = Path(__file__).parent / "mutations"


@dataclass(frozen=True)
class Launch:
    """A way to start both sides: `setup` is run in the folder of each before, from the unedited program."""

    name: str
    setup: str
    scripts: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]
    variables: Mapping[str, Mapping[str, str]]
    steps: int
    processes: int = 1


@dataclass(frozen=True)
class Mutant:
    """An edit of the candidate. `kind` is the part of the program that it is made in.

    A bug has a `phase` and an `update` (from 0; -1 before any) in which it shall show first, and what `harm`
    it does; what preserves the training has none of them.
    """

    of: str
    name: str
    kind: str
    launch: Launch
    sources: Mapping[str, Path]
    edits: tuple[Edit, ...]
    phase: Phase | None = None
    update: int = 0
    harm: str = ""

    def __str__(self) -> str:
        return f"{self.of}: {self.name}"

    def sides(self, folder: Path) -> dict[str, Side]:
        """Both sides, ready to be started, in a folder that keeps what was set up."""
        return {side: self._side(side, folder) for side in SIDES}

    def _side(self, side: str, folder: Path) -> Side:
        launch, project = self.launch, prepared(self.sources[side], self.launch.setup, folder)
        own = tuple(edit for edit in self.edits if edit.file.startswith(f"{side}/"))
        if own:
            project = edited(project, side, own, folder)
        variables = {"OMP_NUM_THREADS": "1", **launch.variables[side]}
        return Side(
            side,
            project / launch.scripts[side],
            launch.words[side],
            project,
            tuple(variables.items()),
            sys.executable,
            launch.processes,
        )


def prepared(source: Path, setup: str, folder: Path) -> Path:
    """A copy of a program's folder in which its setup has been run, once."""
    place = folder / sha256(f"{contents([source])} {setup}".encode()).hexdigest()[:20]
    if not place.exists():
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        _copied(source, part)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {"PATH": path, "ROOT": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        words = ["bash", "-ec", setup]
        subprocess.run(words, cwd=part, env={**os.environ, **own}, check=True, capture_output=True)
        part.rename(place)
    return place


def copied_sources(mutant: Mutant, folder: Path) -> None:
    """The programs that an edit is made in, as they are listed."""
    for side, source in mutant.sources.items():
        _copied(source, folder / side)


def _copied(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def edited(project: Path, side: str, edits: tuple[Edit, ...], folder: Path) -> Path:
    """A copy of a prepared folder with the edits of one side made."""
    place = folder / sha256(f"{project.name} {side} {edits!r}".encode()).hexdigest()[:20]
    if not place.exists():
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(project, part / side)
        apply(edits, part)
        (part / side).rename(place)
        shutil.rmtree(part)
    return place


def mutants() -> Iterator[Mutant]:
    """All of them, file by file, bugs first."""
    for path in sorted(MUTATIONS.glob("*.yaml")):
        listed = yaml.safe_load(path.read_text("utf-8"))
        sources = {side: ROOT / place for side, place in of_each_side(listed["sources"]).items()}
        launches = {name: _launch(name, listed["setup"], data) for name, data in listed["launches"].items()}
        for kind, entries in [*listed["bugs"].items(), ("refactor", listed["refactors"])]:
            for data in entries:
                yield _mutant(path.stem, kind, dict(data), launches, sources)


def _mutant(
    of: str, kind: str, data: dict[str, Any], launches: Mapping[str, Launch], sources: Mapping[str, Path]
) -> Mutant:
    launch = launches[data.pop("launch", next(iter(launches)))]
    edits = tuple(read_edits(data.pop("edits")))
    phase = Phase(data.pop("phase")) if "phase" in data else None
    return Mutant(of=of, kind=kind, launch=launch, sources=sources, edits=edits, phase=phase, **data)


def _launch(name: str, setup: str, data: dict[str, Any]) -> Launch:
    more = data.get("setup", "")
    variables = data.get("variables", {})
    words = data.get("words", "")
    return Launch(
        name,
        f"{setup} && {more}" if more else setup,
        of_each_side(data.get("script", "train.py")),
        {side: tuple(text.split()) for side, text in of_each_side(words).items()},
        variables if set(variables) == set(SIDES) else dict.fromkeys(SIDES, variables),
        data["steps"],
        data.get("processes", 1),
    )
