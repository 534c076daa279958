"""Paths as a user gives them in, the texts that hold launches out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from trainlint.engine.tree import candidates
from trainlint.facts.launch import Form, JobFacts, LaunchText, ScriptKind
from trainlint.facts.settings import Settings
from trainlint.parse.launch_texts import form_of, found_form, is_named_script, read_launches
from trainlint.parse.launcher.peel import peel
from trainlint.parse.nested import with_launches
from trainlint.parse.python.roots import project_root
from trainlint.record import record
from trainlint.source import Files, SourceFile

#: How many launches of a text are asked where their script is.
_ASKED = 50


@record
class Inputs:
    """What was found under the paths; `missing` are paths that are not there, as given."""

    texts: tuple[LaunchText, ...]
    missing: tuple[str, ...]


def collect(paths: Iterable[str], files: Files, settings: Settings) -> Inputs:
    """Read each text that is named, and in each directory every text that holds launches, once each."""
    missing: list[str] = []
    chosen: dict[Path, Form | None] = {}
    for given in paths:
        path = files.absolute(given)
        if files.is_dir(path):
            for found, found_as in _found(path, files, settings):
                chosen.setdefault(found, found_as)
        elif files.kind(path) is None:
            missing.append(given)
        else:
            chosen[path] = None
    texts: list[LaunchText] = []
    places: dict[Path, list[Path]] = {}
    for path, told in chosen.items():
        source = files.read(path)
        if isinstance(source, SourceFile):
            folder = path.parent
            if folder not in places:
                places[folder] = _starting_places(folder, files)
            texts.append(_launches(source, told or form_of(path, source), places[folder], files))
    return Inputs(tuple(texts), tuple(missing))


def _found(folder: Path, files: Files, settings: Settings) -> Iterable[tuple[Path, Form]]:
    """The texts below a folder; a look at a file that is none leaves no trace, an unreadable script does."""
    for path in candidates(folder, files, settings):
        source = files.peek(path)
        form = found_form(path, source) if source is not None else None
        if source is None and is_named_script(path):
            files.read(path)
        if form is not None:
            yield path, form


def _launches(source: SourceFile, form: Form, places: Iterable[Path], files: Files) -> LaunchText:
    """The launches of a text, started from the folder in which the most of their scripts are found.

    A text says nothing about where it is started from: it is the working directory if that will do, else
    the text's own folder or one above it, up to the root of the project.
    """
    best: LaunchText | None = None
    first: LaunchText | None = None
    most = -1
    for folder in places:
        text = read_launches(form, source, folder, files)
        asked = text.jobs[:_ASKED]
        found = sum(_is_there(job, files) for job in asked)
        if found > most:
            best, most = _started_in(text, folder, first, files), found
        first = first or text
        if not any(_may_be_elsewhere(job, files) for job in asked):
            break
    assert best is not None
    return with_launches(best, files)


def _is_there(job: JobFacts, files: Files) -> bool:
    """Whether the script of a launch is a file that is there."""
    launch = peel(job, files)
    return launch.shell is not None or (launch.script is not None and launch.script.path is not None)


def _may_be_elsewhere(job: JobFacts, files: Files) -> bool:
    """Whether another folder may have the script: a module is not missed, for it may be installed."""
    script = peel(job, files).script
    if script is None or script.path is not None:
        return False
    return bool(script.searched) or script.kind is ScriptKind.MODULE


def _starting_places(folder: Path, files: Files) -> list[Path]:
    root = project_root(files, folder)
    outermost = files.root if folder.is_relative_to(files.root) else root or folder
    if root is not None and outermost.is_relative_to(root):
        outermost = root
    above = [parent for parent in folder.parents if parent.is_relative_to(outermost)]
    places = dict.fromkeys((files.root, folder, *above))
    return list(places)


def _started_in(text: LaunchText, folder: Path, first: LaunchText | None, files: Files) -> LaunchText:
    """The text with a note on each launch whose script is not found from the working directory."""
    if first is None:
        return text
    lost = {job.span for job in first.jobs if not _is_there(job, files)}
    jobs = (
        replace(job, started_in=folder) if job.span in lost and _is_there(job, files) else job
        for job in text.jobs
    )
    return replace(text, jobs=tuple(jobs))
