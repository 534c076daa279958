"""Python launchers against the real Python: what we call known must be what the programs receive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.properties.launcher_runner import Started, prepare, run_all
from tests.properties.launchers import bodies, program
from trainlint.facts.launch import JobFacts, LaunchText, Word
from trainlint.facts.value import Known
from trainlint.parse.python.launching.reader import read_python_launcher
from trainlint.source import Files, SourceFile

#: Every combination of what a launcher can be given.
ARGUMENTS: tuple[tuple[str, ...], ...] = tuple(
    (*model, *resume, *tag)
    for model in ((), ("--model", "two"))
    for resume in ((), ("--resume",))
    for tag in ((), ("--tag", "t 1"))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the launchers run."""
    root = tmp_path_factory.mktemp("launchers")
    prepare(root)
    return root


def ours(text: str, folder: Path) -> LaunchText:
    """The launches that we see."""
    return read_python_launcher(SourceFile(folder / "launch.py", "launch.py", text), folder, Files(folder))


def agrees(words: Sequence[Word], real: Sequence[str]) -> bool:
    """Whether these words can be those that a program got: unknown parts may be anything."""
    if not words:
        return not real
    first = words[0]
    if first.splits:
        return any(agrees(words[1:], real[count:]) for count in range(len(real) + 1))
    return bool(real) and _matches(first, real[0]) and agrees(words[1:], real[1:])


def _matches(word: Word, real: str) -> bool:
    position = 0
    for index, part in enumerate(word.parts):
        if not isinstance(part, str):
            continue
        found = real.find(part, position)
        if found < 0 or (index == 0 and found != 0):
            return False
        position = found + len(part)
    return position == len(real) or not isinstance(word.parts[-1], str)


def same(job: JobFacts, started: Started, folder: Path) -> bool:
    """Whether a launch of ours is one that was really made."""
    if not agrees(job.command.words, started.words):
        return False
    directory = job.directory
    if isinstance(directory, Known) and directory.value != folder / started.folder:
        return False
    mark = job.exported.get("MARK")
    return started.mark == "" if mark is None else not isinstance(mark, Known) or mark.value == started.mark


def check_places(job: JobFacts, text: str) -> None:
    """A part whose place is as long as it is stands there."""
    lines = text.split("\n")
    for word in job.command.words:
        for part, span in zip(word.parts, word.spans, strict=True):
            one_line = span.line == span.end_line and span.end_column - span.column
            if isinstance(part, str) and one_line == len(part) and len(part) > 2:
                written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
                assert written.lower() == part.lower() or _computed(written), (part, written)


def _computed(written: str) -> bool:
    """Whether a place is that of code which computes a text of the same length."""
    return any(char in written for char in "(.[{%+\"'")


def mistakes(body: str, in_main: bool, real: set[Started], folder: Path) -> list[str]:
    """What we say of a launcher and is not so."""
    text = program(body, in_main)
    read = ours(text, folder)
    found = [unknown.reason for unknown in read.unverified]
    seen = [job.text for job in read.jobs]
    found += [
        f"not seen: {started}, but {seen}"
        for started in real
        if not any(same(job, started, folder) for job in read.jobs)
    ]
    for job in read.jobs:
        check_places(job, text)
        known = all(isinstance(word.text, Known) for word in job.command.words)
        tried = not any(name in body for name in ("SLURM_JOB_ID", "nowhere.pt"))
        if known and tried and not any(same(job, started, folder) for started in real):
            found.append(
                f"never started: {job.text} in {job.directory} with {dict(job.exported)}, but {real}"
            )
    return found


@settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(bodies(), st.booleans()), min_size=5, max_size=7))
def test_launches_are_those_of_python(folder: Path, launchers: list[tuple[str, bool]]) -> None:
    runs = [(program(*launcher), arguments) for launcher in launchers for arguments in ARGUMENTS]
    outcomes = iter(run_all(folder, runs))
    for body, in_main in launchers:
        real = {started for _ in ARGUMENTS for started in next(outcomes)}
        assert mistakes(body, in_main, real, folder) == [], body
