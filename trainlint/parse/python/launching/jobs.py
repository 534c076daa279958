"""A program that a launcher starts in, the jobs as the rest of trainlint knows them out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from trainlint.facts.launch import Command, Form, JobFacts, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.programs import is_launch_command
from trainlint.parse.python.launching.frame import Run, Start
from trainlint.parse.python.launching.shelltext import TextSource
from trainlint.parse.python.launching.values import Rest
from trainlint.parse.shell.commands import run as run_shell
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, Text, variables_of
from trainlint.source import Span

_CODE = re.compile(r"`([^`]*)`")
_SCRIPT = re.compile(r"\w\.(?:py|sh|slurm|sbatch)\Z")
_PROGRAM = re.compile(r"(?:\A|/)(?:python[\d.]*|torchrun|deepspeed)\Z")
#: Modules that `python -m` starts and that train nothing.
_TOOLS = frozenset(
    (
        *("pip", "venv", "virtualenv", "ensurepip", "build", "twine", "pytest", "unittest", "compileall"),
        *("ipykernel", "playwright", "spacy", "coverage", "black", "ruff", "mypy", "isort", "flake8"),
        *("jupyter", "notebook", "tensorboard", "zipfile", "py_compile", "nltk", "uv", "grpc_tools", "site"),
        *("http", "pre_commit"),
    )
)


def jobs_of(start: Start, run: Run) -> Iterator[JobFacts]:
    """The launches among what one call starts."""
    if start.shell:
        yield from _through_shell(start, run)
        return
    words = tuple(_word(text, run) for text in start.words)
    if is_training(words):
        yield _job(words, start, run, start.directory, start.exported)


def _through_shell(start: Start, run: Run) -> Iterator[JobFacts]:
    first = start.words[0] if start.words else None
    if not isinstance(first, Text):
        return
    source = TextSource(first, start.place)
    scanned = scan(source, 0, len(source.text))
    shell = Shell(run.files, start.directory, variables_of(start.exported), frozenset(start.exported))
    started, _ = run_shell(shell, source, scanned.tokens)
    for begun in started:
        words = tuple(source.with_parts(word) for word in begun.command.words)
        if is_training(words):
            yield _job(words, start, run, begun.directory, begun.exported)


def _job(
    words: tuple[Word, ...],
    start: Start,
    run: Run,
    directory: Value[Path],
    exported: Mapping[str, Value[str]],
) -> JobFacts:
    text = " ".join(_shown(word, run.directory) for word in words)
    place = _entry_place(words, run) or start.place
    command = Command(words, start.place)
    return JobFacts(place, text, None, None, command, directory, exported, form=Form.PYTHON)


def _entry_place(words: tuple[Word, ...], run: Run) -> Span | None:
    """The entry of a table that part of the command is taken from."""
    for span in (span for word in words for span in word.spans):
        entry = run.entry_of(span)
        if entry is not None:
            return entry.span
    return None


def _word(text: Text | Rest, run: Run) -> Word:
    if isinstance(text, Rest):
        return Word(_written(text.unknown), text.span, (text.unknown,), (text.span,), splits=True)
    raw = "".join(part if isinstance(part, str) else _written(part) for part in text.parts)
    place = next((span for span in text.spans if run.entry_of(span) is not None), text.span)
    return Word(raw, place, text.parts, text.spans, splits=text.splits)


def _written(unknown: Unknown) -> str:
    found = _CODE.match(unknown.reason)
    return f"${{{found[1]}}}" if found else "${…}"


def _shown(word: Word, root: Path) -> str:
    """A word as it would be typed, paths below the working directory without it."""
    shown = ""
    for part in word.parts:
        if isinstance(part, Unknown):
            shown += _written(part)
        else:
            shown += shlex.quote(part.replace(f"{root}/", "")) if part else ""
    return shown or "''"


def is_training(words: tuple[Word, ...]) -> bool:
    """Whether a command starts a script or module of somebody's project, and no tool."""
    if not is_launch_command(words):
        return False
    texts = [word.text for word in words]
    known = [text.value if isinstance(text, Known) else None for text in texts]
    if any(text is not None and _SCRIPT.search(text) for text in known):
        return True
    for index, text in enumerate(known[1:], 1):
        if text is None:
            return _PROGRAM.search(known[0] or "") is not None
        if text == "-m" and index + 1 < len(known):
            module = known[index + 1]
            return module is None or module.partition(".")[0] not in _TOOLS
        if not text.startswith("-") or text == "-c":
            return False
    return False
