"""A stretch of embedded shell text and the state of its shell in, the launches that it makes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from trainlint.facts.launch import (
    Form,
    JobFacts,
    LaunchFacts,
    LaunchText,
    ScriptKind,
    ScriptReference,
    ShellProblem,
    ShellSyntaxError,
    UndefinedVariable,
    Word,
)
from trainlint.facts.value import Unknown
from trainlint.parse.embedded.mapped import MappedText
from trainlint.parse.launcher.names import launcher_named
from trainlint.parse.launcher.peel import peel
from trainlint.parse.shell.script.evaluate import evaluate
from trainlint.parse.shell.script.evaluation import Start
from trainlint.parse.shell.script.jobs import job_of
from trainlint.parse.shell.state import Shell
from trainlint.parse.shell.text import HOLE
from trainlint.record import record
from trainlint.source import Files, SourceFile, Span

#: Programs of Python's and packagers' own that a text about training starts on the side.
_TOOL_MODULES = re.compile(
    r"(?:pip|uv|poetry|conda|wheel|venv|virtualenv|ensurepip|pytest|unittest|build|twine|http\.server|ipykernel|jupyter(?:lab)?|notebook"
    r"|tensorboard(?:\.main)?|black|ruff|isort|mypy|flake8|pylint|pre_commit|coverage|json\.tool|site|zipfile"
    r"|compileall|spacy|nltk\.downloader|mkdocs|sphinx|grpc_tools\.protoc|doctest|tox|nox|asv)(?:\..*)?\Z"
)
#: Programs that take Python files or interpreters as arguments and start no training.
_TOOLS = re.compile(
    r"(?:.*/)?(?:apt|apt-get|yum|dnf|brew|pacman|snap|apk|pytest|py\.test|ruff|black|isort|mypy|flake8|pylint"
    r"|pre-commit|tox|nox|pip|pip3|pipx|git|vim?|nano|emacs|code|less|diff|make|cmake|jupyter|jupytext|streamlit"
    r"|gradio|uvicorn|gunicorn|flask|sphinx-build|mkdocs|modal|pylint|autopep8|clang-format|scp|rsync|kubectl)\Z"
)
_TOOL_SCRIPTS = re.compile(r"(?:.*/)?(?:setup|get-pip|conftest|noxfile)\.py\Z")
_CONTAINERS = (["docker"], ["podman"], ["singularity"], ["apptainer"])
_SHELL_SCRIPT = re.compile(r"\S+\.(?:sh|bash|slurm|sbatch)\Z")


@record
class Ran:
    """What a text did: its launches, the state it leaves, its faults and what was not read.

    `paths` are the files that the launches start, None for one that is not there.
    """

    jobs: tuple[JobFacts, ...]
    paths: tuple[Path | None, ...]
    shell: Shell
    shell_problems: tuple[ShellProblem, ...] = ()
    unverified: tuple[Unknown, ...] = ()


def run_text(text: MappedText, shell: Shell, form: Form) -> Ran:
    """Run a text from a state of the shell, which stays as it is."""
    evaluated = evaluate(text, 0, len(text.text), shell)
    jobs = [job_of(_as_written(text, start), form) for start in evaluated.started]
    launches = [peel(job, shell.files) for job in jobs]
    kept = [pair for pair in zip(jobs, launches, strict=True) if _starts_training(*pair)]
    return Ran(
        tuple(job for job, _ in kept),
        tuple(_path(job, launch.script, shell.files) for job, launch in kept),
        evaluated.shells[0] if evaluated.shells else shell,
        tuple(problem for problem in evaluated.problems if _is_certain(problem, text)),
        evaluated.unverified,
    )


def _is_certain(problem: ShellProblem, text: MappedText) -> bool:
    """Whether a fault is the text's own: holes may make one, and what sets variables may stand elsewhere."""
    if isinstance(problem, UndefinedVariable):
        return False
    return not (isinstance(problem, ShellSyntaxError) and text.holes)


def starts_training(job: JobFacts, files: Files) -> bool:
    """Whether a command that could be a launch is one, and not a tool's call (`uv sync`, `python -m pip`)."""
    return _starts_training(job, peel(job, files))


def _starts_training(job: JobFacts, launch: LaunchFacts) -> bool:
    script = launch.script
    if script is None:
        return shell_script(job.command.words) is not None or not (launch.idle or _is_aside(job))
    if any(_TOOLS.match(word.raw) for word in _before(job.command.words, script.span)):
        return False
    if isinstance(script.text, Unknown):
        return True
    tools = _TOOL_MODULES if script.kind is ScriptKind.MODULE else _TOOL_SCRIPTS
    return not tools.match(script.text.value)


def _is_aside(job: JobFacts) -> bool:
    """Whether a command only fetches or opens an image, or speaks to an experiment tracker."""
    words = [word.raw for word in job.command.words if "=" not in word.raw]
    words = words[1:] if words[:1] == ["sudo"] else words
    return words[:1] in _CONTAINERS or (words[:1] == ["wandb"] and "agent" not in words)


def _before(words: Sequence[Word], script: Span) -> list[Word]:
    """The words in front of the script that are no options."""
    spans = [word.span for word in words]
    end = spans.index(script) if script in spans else len(words)
    return [word for word in words[:end] if not word.raw.startswith("-")]


def shell_script(words: Sequence[Word]) -> Word | None:
    """The word that names the shell script which a command starts."""
    for index, word in enumerate(words):
        if _SHELL_SCRIPT.match(word.raw):
            before = words[index - 1].raw if index else ""
            launcher = launcher_named(words[0].raw)
            if "/" in word.raw or launcher is not None or before.startswith("-"):
                return word
            return None
        if index == 0 and launcher_named(word.raw) is None and "=" not in word.raw:
            return None
    return None


def _as_written(text: MappedText, start: Start) -> Start:
    """The command with the characters of the file where the text has holes."""
    if not text.holes:
        return start
    words = []
    for word in start.command.words:
        if HOLE in word.raw:
            span, source = word.span, text.source
            first = source.offset(span.line, span.column)
            word = replace(word, raw=source.text[first : source.offset(span.end_line, span.end_column)])
        words.append(word)
    return replace(start, command=replace(start.command, words=tuple(words)))


def script_path(job: JobFacts, files: Files) -> Path | None:
    """The file that a launch starts, when it is there."""
    return _path(job, peel(job, files).script, files)


def _path(job: JobFacts, script: ScriptReference | None, files: Files) -> Path | None:
    if script is not None:
        return script.path
    word = shell_script(job.command.words)
    if word is None or isinstance(word.text, Unknown) or isinstance(job.directory, Unknown):
        return None
    path = files.absolute(job.directory.value / word.text.value)
    return path if files.is_file(path) else None


@dataclass
class Collected:
    """The launches of several stretches of one text, each run by a shell of its own."""

    form: Form
    jobs: list[JobFacts] = field(default_factory=list)
    shell_problems: list[ShellProblem] = field(default_factory=list)
    unverified: list[Unknown] = field(default_factory=list)

    def run(self, text: MappedText, shell: Shell) -> None:
        """Read one stretch."""
        ran = run_text(text, shell, self.form)
        self.jobs += ran.jobs
        self.shell_problems += ran.shell_problems
        self.unverified += ran.unverified

    def launches(self, source: SourceFile) -> LaunchText:
        """What was found: each launch once, and what was not read only beside launches."""
        jobs = tuple({(job.span, job.text, str(job.directory)): job for job in self.jobs}.values())
        unverified = tuple(dict.fromkeys(self.unverified)) if jobs else ()
        problems = tuple(dict.fromkeys(self.shell_problems))
        return LaunchText(source.display, jobs, (), (), self.form, problems, unverified)
