"""Paths as a user gives them in, the texts that hold launches out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path

from trainlint.facts.launch import LaunchText
from trainlint.parse.joblist import looks_like_job_list, read_jobs
from trainlint.parse.launcher.peel import peel
from trainlint.record import record
from trainlint.source import Files, SourceFile

#: Folders that never hold a project's own job lists.
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "wandb", "outputs", "multirun"})
#: How many jobs of a list are asked where their script is.
_JOBS_ASKED = 20
_SUFFIXES = frozenset({"", ".txt", ".jobs", ".list"})


@record
class Inputs:
    """What was found under the paths; `missing` are paths that are not there, as given."""

    texts: tuple[LaunchText, ...]
    missing: tuple[str, ...]


def collect(paths: Iterable[str], files: Files, exclude: tuple[str, ...] = ()) -> Inputs:
    """Read each job list that is named, and in each directory every job list below it, once each."""
    missing: list[str] = []
    chosen: dict[Path, None] = {}
    for given in paths:
        path = files.absolute(given)
        if files.is_dir(path):
            chosen.update(dict.fromkeys(_job_lists(path, files, exclude)))
        elif files.kind(path) is None:
            missing.append(given)
        else:
            chosen[path] = None
    sources = (files.read(path) for path in chosen)
    return Inputs(
        tuple(_launches(source, files) for source in sources if isinstance(source, SourceFile)),
        tuple(missing),
    )


def _launches(source: SourceFile, files: Files) -> LaunchText:
    """The jobs of a list, started from the working directory or else from where their scripts are.

    A list says nothing about where it is started from: the first of the working directory, the list's
    own folder and the folders between them in which one of its scripts is found.
    """
    for folder in _starting_places(source.path.parent, files.root):
        text = read_jobs(source, folder, files)
        for job in text.jobs[:_JOBS_ASKED]:
            script = peel(job, files).script
            if script is not None and script.path is not None:
                return text
    return read_jobs(source, files.root, files)


def _starting_places(folder: Path, root: Path) -> list[Path]:
    above = [parent for parent in folder.parents if parent.is_relative_to(root)]
    return list(dict.fromkeys((root, folder, *above)))


def _job_lists(folder: Path, files: Files, exclude: tuple[str, ...]) -> Iterator[Path]:
    """The job lists below a folder, in the order of their paths; symlinked folders are not entered."""
    pending = [folder]
    while pending:
        current = pending.pop()
        below: list[Path] = []
        for name in files.entries(current):
            path = current / name
            shown = files.display(path)
            if name.startswith(".") or any(fnmatch(shown, p) or fnmatch(name, p) for p in exclude):
                continue
            if files.is_dir(path):
                if (
                    name not in _SKIPPED
                    and not files.is_link(path)
                    and not files.is_file(path / "pyvenv.cfg")
                ):
                    below.append(path)
            elif path.suffix in _SUFFIXES and _is_job_list(path, files):
                yield path
        pending += reversed(below)


def _is_entered(folder: Path, files: Files) -> bool:
    """Whether a folder may hold a project's own job lists: no environment, no link out of the tree."""
    foreign = folder.name in _SKIPPED or files.is_file(folder / "pyvenv.cfg")
    return not foreign and not files.is_link(folder)


def _is_job_list(path: Path, files: Files) -> bool:
    """Whether a file reads like a job list; looking at a file that is none leaves no trace."""
    source = files.peek(path)
    return source is not None and looks_like_job_list(source)
