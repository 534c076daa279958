"""Jobs that start shell scripts, or several programs, in, the launches that they make out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path

from trainlint.facts.launch import Form, JobFacts, LaunchFacts, LaunchText, ShellCall, Word
from trainlint.facts.value import Unknown, Value
from trainlint.parse.launcher.peel import peel
from trainlint.parse.shell.state import Effort, Text, variables_of
from trainlint.record import entity
from trainlint.source import Files, SourceFile

#: Scripts inside one another deeper than this are followed no further.
_MAX_DEPTH = 8
_LISTS = (Form.JOB_LIST, Form.COMMAND)


def with_launches(text: LaunchText, files: Files) -> LaunchText:
    """The text with the launches that its jobs' scripts and command texts make, in place of the jobs."""
    following = _Following(files, Effort.of(len(text.jobs)))
    jobs = tuple(start for job in text.jobs for start in following.launches(job, ()))
    if not following.unverified:
        return replace(text, jobs=jobs)
    return replace(
        text, jobs=jobs, unverified=tuple(dict.fromkeys((*text.unverified, *following.unverified)))
    )


@entity
class _Following:
    """What the jobs of one text have in common: the effort, and what of their scripts was not read."""

    files: Files
    effort: Effort
    unverified: dict[Unknown, None] = field(default_factory=dict)

    def launches(self, job: JobFacts, trail: tuple[Path, ...]) -> Iterator[JobFacts]:
        """The launches that a job's shell script makes; the job itself when it may start some."""
        launch = peel(job, self.files)
        if launch.programs > 1 and job.program is None:
            for program in range(launch.programs):
                yield from self.launches(replace(job, program=program), trail)
            return
        call = launch.shell
        source = self.files.read(call.path) if call is not None else None
        if (
            call is None
            or not isinstance(source, SourceFile)
            or call.path in trail
            or len(trail) >= _MAX_DEPTH
        ):
            yield job
            return
        inside = _inside(source, call, launch, self.files, self.effort)
        self.unverified.update(dict.fromkeys(inside.unverified))
        for start in inside.jobs:
            yield from self.launches(_started_by(job, start), (*trail, call.path))
        # a list says that each of its lines is a job; elsewhere, a script that surely starts nothing is none
        if not inside.jobs and (job.form in _LISTS or inside.unverified):
            yield job


def _started_by(job: JobFacts, start: JobFacts) -> JobFacts:
    """A launch inside the script of a job, as one of that job."""
    return replace(
        start,
        marker=job.marker,
        pid=job.pid,
        form=job.form,
        via=(*job.via, job.span, *start.via),
        started_in=job.started_in,
        written=job.written | start.written,
        fetches=job.fetches or start.fetches,
    )


def _inside(
    source: SourceFile, call: ShellCall, launch: LaunchFacts, files: Files, effort: Effort
) -> LaunchText:
    """What is in the script when it is called so."""
    from trainlint.parse.shell.script.reader import read_script_text, script_shell
    from trainlint.parse.shell.script.slurm import tell

    shell = script_shell(source, launch.directory, files, copied=call.copied)
    shell.effort = effort
    environment: dict[str, Value[str]] = dict(launch.environment)
    shell.variables |= variables_of(environment)
    shell.exported |= frozenset(environment)
    if call.copied and launch.launchers:
        tell(shell, launch.launchers[-1].options)
    shell.positional = tuple(map(_argument, call.arguments))
    return read_script_text(source, shell)


def _argument(word: Word) -> Text:
    return Text(word.parts or ("",), word.spans or (word.span,), word.splits)
