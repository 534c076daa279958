"""A command as words or as a line in, the launch that we see in it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from trainlint.facts.launch import LaunchFacts, Word
from trainlint.parse.joblist import read_command, read_jobs
from trainlint.parse.launcher.peel import peel
from trainlint.source import Files, SourceFile

PROJECT = Path("/project")
TRAIN = {"train.py": ""}


def project(files: Mapping[str, str]) -> Files:
    """A project that exists only in the overlay; folders count when a file lies in them."""
    overlay = {PROJECT / name: text for name, text in files.items()}
    found = Files(PROJECT, overlay)
    for path in overlay:
        for parent in path.parents:
            found._kinds[parent] = "dir"
            inside = {child.relative_to(parent).parts[0] for child in overlay if child.is_relative_to(parent)}
            found._entries[parent] = tuple(sorted(inside))
    return found


def words_of(tokens: Sequence[str]) -> tuple[Word, ...]:
    """The words of a command given one by one."""
    return read_command(tokens, PROJECT).jobs[0].command.words


def launch_of(tokens: Sequence[str], files: Mapping[str, str] = TRAIN) -> LaunchFacts:
    """The launch of a command given word by word."""
    return peel(read_command(tokens, PROJECT).jobs[0], project(files))


def launch_in(line: str, files: Mapping[str, str] = TRAIN) -> LaunchFacts:
    """The launch of the only job in a list of one line."""
    (launch,) = launches_in(line, files)
    return launch


def launches_in(text: str, files: Mapping[str, str] = TRAIN) -> list[LaunchFacts]:
    """The launches of a job list."""
    found = project(files)
    jobs = read_jobs(SourceFile(PROJECT / "jobs.txt", "jobs.txt", text), PROJECT, found).jobs
    return [peel(job, found) for job in jobs]
