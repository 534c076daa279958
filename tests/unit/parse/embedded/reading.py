"""Files in, what a reader of embedded shell text finds in them, in a form that tables can state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from trainlint.facts.launch import Form, JobFacts, LaunchText, Word
from trainlint.facts.value import Known
from trainlint.parse.launch_texts import form_of
from trainlint.source import Files, SourceFile

Reader = Callable[[SourceFile, Path, Files], LaunchText]


def read(
    reader: Reader, root: Path, name: str, text: str, others: Mapping[str, str] | None = None
) -> LaunchText:
    """What a reader makes of a text at `name` in a tree that also holds `others`."""
    for path, content in {**(others or {}), name: text}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode())
    files = Files(root)
    source = files.read(root / name)
    assert isinstance(source, SourceFile)
    return reader(source, root, files)


def words(job: JobFacts) -> list[str]:
    """The words of a command; what is unknown stands as `?`."""
    return [_text(word) for word in job.command.words]


def commands(text: LaunchText) -> list[list[str]]:
    """The words of all commands."""
    return [words(job) for job in text.jobs]


def folder(job: JobFacts, root: Path) -> str:
    """The folder that a command runs in, relative to the tree, or why it is not known."""
    if isinstance(job.directory, Known):
        return job.directory.value.relative_to(root).as_posix()
    return job.directory.reason


def written(source_text: str, job: JobFacts) -> str:
    """The characters of the file that a job's span covers."""
    lines = source_text.split("\n")
    span = job.span
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first, *middle, last = lines[span.line - 1 : span.end_line]
    return "\n".join([first[span.column - 1 :], *middle, last[: span.end_column - 1]])


def word_places(job: JobFacts) -> list[tuple[int, int]]:
    """Line and column of each word."""
    return [(word.span.line, word.span.column) for word in job.command.words]


def _text(word: Word) -> str:
    return "".join(part if isinstance(part, str) else "?" for part in word.parts)


def form_named(name: str) -> Form:
    """The form of a file of this name, whatever it holds."""
    return form_of(Path(name), SourceFile(Path(name), name, ""))
