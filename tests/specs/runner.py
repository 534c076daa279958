"""A case in, what the real command prints about it out."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from click.testing import CliRunner

from tests.specs.page import Case
from trainlint.cli.main import cli


def write_files(case: Case, folder: Path) -> None:
    """Lay the case's files out in an empty folder."""
    for name, data in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def run_case(case: Case, code: str, folder: Path) -> list[str]:
    """The lines of the command on the case with only the page's rule selected."""
    write_files(case, folder)
    arguments = shlex.split(case.command)
    # What runs showed is one proof: no rule of it can be left out.
    if "--select" not in arguments and arguments[0] != "parity":
        split = arguments.index("--") if "--" in arguments else len(arguments)
        arguments[split:split] = ["--select", code]
    if "--output-format" not in arguments:
        arguments[1:1] = ["--output-format", "concise"]
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    finally:
        os.chdir(before)
    return [*result.stdout.splitlines(), *result.stderr.splitlines()]
