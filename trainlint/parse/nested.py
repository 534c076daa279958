"""A job that starts a shell script, or several programs, in, the launches that it makes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import Form, JobFacts, LaunchFacts, LaunchText, ShellCall, Word
from trainlint.facts.value import Value
from trainlint.parse.launcher.peel import peel
from trainlint.parse.shell.state import Text, variables_of
from trainlint.source import Files, SourceFile

#: Scripts inside one another deeper than this are followed no further.
_MAX_DEPTH = 8
_LISTS = (Form.JOB_LIST, Form.COMMAND)


def followed(job: JobFacts, files: Files) -> tuple[JobFacts, ...]:
    """The launches that a job's shell script or command text makes; the job itself when it may start some."""
    return tuple(_followed(job, files, ()))


def _followed(job: JobFacts, files: Files, trail: tuple[Path, ...]) -> Iterator[JobFacts]:
    launch = peel(job, files)
    if launch.programs > 1 and job.program is None:
        for program in range(launch.programs):
            yield from _followed(replace(job, program=program), files, trail)
        return
    call = launch.shell
    source = files.read(call.path) if call is not None else None
    if call is None or not isinstance(source, SourceFile) or call.path in trail or len(trail) >= _MAX_DEPTH:
        yield job
        return
    inside = _inside(source, call, launch, files)
    for start in inside.jobs:
        inner = replace(
            start,
            marker=job.marker,
            pid=job.pid,
            form=job.form,
            via=(*job.via, job.span, *start.via),
            started_in=job.started_in,
            written=job.written | start.written,
            fetches=job.fetches or start.fetches,
        )
        yield from _followed(inner, files, (*trail, call.path))
    # a list says that each of its lines is a job; elsewhere, a script that surely starts nothing is none
    if not inside.jobs and (job.form in _LISTS or inside.unverified):
        yield job


def _inside(source: SourceFile, call: ShellCall, launch: LaunchFacts, files: Files) -> LaunchText:
    """What is in the script when it is called so."""
    from trainlint.parse.shell.script.reader import read_script_text, script_shell
    from trainlint.parse.shell.script.slurm import tell

    shell = script_shell(source, launch.directory, files, copied=call.copied)
    environment: dict[str, Value[str]] = dict(launch.environment)
    shell.variables |= variables_of(environment)
    shell.exported |= frozenset(environment)
    if call.copied and launch.launchers:
        tell(shell, launch.launchers[-1].options)
    shell.positional = tuple(map(_argument, call.arguments))
    return read_script_text(source, shell)


def _argument(word: Word) -> Text:
    return Text(word.parts or ("",), word.spans or (word.span,), word.splits)
