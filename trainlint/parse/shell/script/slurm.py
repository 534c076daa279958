"""The directives of a batch script in, what slurm then tells the script out: its variables and its folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from trainlint.facts.launch import LauncherOption, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.launcher.cluster_table import SBATCH
from trainlint.parse.launcher.options import Parsed, parse_options
from trainlint.parse.shell.builtins import entered
from trainlint.parse.shell.expand import expand
from trainlint.parse.shell.pieces import TokenKind
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, Text
from trainlint.parse.shell.text import FileText
from trainlint.source import SourceFile

_DIRECTIVE = re.compile(r"#SBATCH[ \t]+([^\n]*)")
_BEFORE_COMMANDS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\n|\Z))*")
#: The variables in which slurm repeats an option.
_VARIABLES = {
    "--nodes": ("SLURM_NNODES", "SLURM_JOB_NUM_NODES"),
    "--ntasks": ("SLURM_NTASKS", "SLURM_NPROCS"),
    "--ntasks-per-node": ("SLURM_NTASKS_PER_NODE",),
    "--cpus-per-task": ("SLURM_CPUS_PER_TASK",),
    "--gpus": ("SLURM_GPUS",),
    "--gpus-per-node": ("SLURM_GPUS_PER_NODE",),
    "--gpus-per-task": ("SLURM_GPUS_PER_TASK",),
    "--job-name": ("SLURM_JOB_NAME",),
}
_NUMBERS = re.compile(r"\d+\Z", re.ASCII)


def directives(source: SourceFile, shell: Shell) -> tuple[LauncherOption, ...]:
    """The options that the head of a script gives to sbatch."""
    text = FileText(source)
    head = _BEFORE_COMMANDS.match(source.text)
    found: list[LauncherOption] = []
    for line in _DIRECTIVE.finditer(source.text, 0, head.end() if head else 0):
        tokens = scan(text, line.start(1), line.end(1)).tokens
        words: list[Word] = []
        for token in tokens:
            if token.kind is not TokenKind.WORD:
                break
            words += expand(token, text, shell)
        parsed = Parsed(SBATCH)
        parse_options(words, 0, parsed)
        found += parsed.listed
    return tuple(found)


def tell(shell: Shell, options: Iterable[LauncherOption]) -> None:
    """Do to the state of a script what options of sbatch do; later ones count."""
    for option in options:
        known = SBATCH.by_name.get(option.name)
        if known is None or option.value is None:
            continue
        name = known.names[0]
        if name == "--chdir":
            shell.directory = _folder(shell, option.value)
        elif name == "--export" and isinstance(option.value, Known):
            _export(shell, option.value)
        for variable in _VARIABLES.get(name, ()):
            number = name == "--job-name" or (
                isinstance(option.value, Known) and _NUMBERS.match(option.value.value)
            )
            if number:
                shell.variables[variable] = Text.of(option.value)
                shell.exported |= {variable}


def _folder(shell: Shell, value: Value[str]) -> Value[Path]:
    if isinstance(value, Unknown):
        return value
    word = Word(value.value, value.span, (value.value,), (value.span,))
    return entered(shell.directory, value.value, word, shell.files, may_create=True)


def _export(shell: Shell, value: Known[str]) -> None:
    """`--export=ALL,NAME=VALUE`."""
    for item in value.value.split(","):
        name, equals, text = item.partition("=")
        if equals:
            shell.variables[name] = Text.at(text, value.span)
            shell.exported |= {name}
