"""A launcher's text in, what we read from it out."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.parse.python.launching.reader import read_python_launcher
from trainlint.source import Files, SourceFile

ROOT = Path("/nowhere/project")


def read(text: str, **others: str) -> LaunchText:
    """The launches of a program, `others` being the modules beside it."""
    files = Files(ROOT, {ROOT / f"{name}.py": dedent(other) for name, other in others.items()})
    return read_python_launcher(SourceFile(ROOT / "launch.py", "launch.py", dedent(text)), ROOT, files)


def commands(text: str, **others: str) -> list[str]:
    """The commands of a program, in order."""
    return [job.text for job in read(text, **others).jobs]


def written(job: JobFacts, text: str) -> list[list[str]]:
    """What stands where the parts of each word have their place."""
    lines = dedent(text).split("\n")
    return [
        [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in word.spans]
        for word in job.command.words
    ]
