"""A shell script in, its launches with words and places out."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText, ShellSyntaxError, UndefinedVariable
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.running import starts_training
from trainlint.parse.shell.script.evaluate import evaluate
from trainlint.parse.shell.script.jobs import job_of
from trainlint.parse.shell.script.slurm import directives, tell
from trainlint.parse.shell.script.undefined import undefined
from trainlint.parse.shell.state import Array, Shell, Text, Variable
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile, Span

_OTHER_SHELL = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(zsh|fish|t?csh|ksh)\b")
_OTHER_SUFFIXES = {".zsh": "zsh", ".fish": "fish", ".csh": "csh", ".tcsh": "tcsh"}
#: Words without which a script starts nothing that is checked.
_STARTING = re.compile(
    r"\.py\b|\bpython|\btorchrun\b|\baccelerate\b|\bdeepspeed\b|\bsrun\b|\bmpirun\b|\bmpiexec\b"
    r"|\.sh\b|\.sbatch\b|\.slurm\b"
)
_NOT_GIVEN = "the arguments are known only when the script is started"


def read_shell(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch of a script that is started in a folder, with arguments that are not known."""
    whole = source.span(0, 0)
    found = _OTHER_SHELL.match(source.text)
    other = found[1] if found else _OTHER_SUFFIXES.get(source.path.suffix)
    if other is not None:
        unknown = Unknown(f"it is a script of {other}, which is not read", whole)
        return LaunchText(source.display, (), (), form=Form.SHELL, unverified=(unknown,))
    shell = script_shell(source, Known(directory, whole), files)
    return read_script_text(source, shell)


def looks_like(source: SourceFile) -> bool:
    """Whether a script found in a folder can start anything that is checked."""
    return _STARTING.search(source.text) is not None


def script_shell(source: SourceFile, directory: Value[Path], files: Files, *, copied: bool = False) -> Shell:
    """The state in which a script begins that is started by name in a folder.

    `copied` says that slurm runs a copy of it, which its directives say, too.
    """
    whole = source.span(0, 0)
    # `PYTHONPATH=src:$PYTHONPATH` keeps what the environment has, which names no module of the project
    variables: dict[str, Variable] = {"PYTHONPATH": Text.at("", whole)}
    shell = Shell(files, directory, variables, positional=Unknown(_NOT_GIVEN, whole))
    options = directives(source, shell) if "#SBATCH" in source.text else ()
    zero: Text | Unknown = Unknown("where the script is started from is not known", whole)
    if copied or options:
        zero = Unknown("slurm starts a copy of the script in a folder of its own", whole)
    elif isinstance(directory, Known):
        zero = Text.at(_relative(source.path, directory.value), whole)
    shell.zero = zero
    shell.variables["BASH_SOURCE"] = Array(zero if isinstance(zero, Unknown) else {"0": zero})
    tell(shell, options)
    return shell


def read_script_text(source: SourceFile, shell: Shell) -> LaunchText:
    """The launches of a script that begins in this state."""
    text = source
    problems: tuple[ShellSyntaxError, ...] = ()
    if "\r\n" in source.text:
        text = replace(source, text=source.text.replace("\r\n", "\n"))
        problems = _carriage_returns(source)
    evaluated = evaluate(FileText(text), 0, end_of_script(text.text), shell)
    jobs = (job_of(start, Form.SHELL) for start in evaluated.started)
    unset: tuple[UndefinedVariable, ...] = ()
    if evaluated.named is not None and evaluated.readings:
        unset = tuple(undefined(evaluated.readings, evaluated.started, evaluated.named, source, shell.files))
    return LaunchText(
        source.display,
        tuple(job for job in jobs if starts_training(job, shell.files)),
        (),
        form=Form.SHELL,
        shell_problems=(*problems, *evaluated.problems, *unset),
        unverified=evaluated.unverified,
    )


def end_of_script(text: str) -> int:
    """Where the text of a script ends for bash, which drops a backslash that is the last of a file."""
    backslashes = len(text) - len(text.rstrip("\\"))
    return len(text) - backslashes % 2


def _relative(path: Path, directory: Path) -> str:
    return os.path.relpath(path, directory)


def _carriage_returns(source: SourceFile) -> tuple[ShellSyntaxError, ...]:
    """The first line that means anything and ends in CR LF: bash takes the CR for a part of its last word."""
    for number in range(1, len(source.line_starts) + 1):
        line = source.line_text(number)
        start = source.line_starts[number - 1]
        if (
            line.strip()
            and not line.lstrip().startswith("#")
            and source.text.startswith("\r\n", start + len(line))
        ):
            span = Span(source.display, number, len(line) + 1, number, len(line) + 2)
            message = "the line ends in CR LF, and bash takes the CR for a part of its last word"
            return (ShellSyntaxError(message, span),)
    return ()
