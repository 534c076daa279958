"""What a command line names in, the texts that hold launches out."""

from __future__ import annotations

import os
import sys

import click

from trainlint.cli.command_line import RawTailCommand
from trainlint.engine.inputs import Inputs, collect
from trainlint.facts.settings import Settings
from trainlint.parse.nested import with_launches
from trainlint.source import Files

STDIN = "-"


def read_inputs(
    context: click.Context, paths: tuple[str, ...], files: Files, settings: Settings, stdin_filename: str
) -> Inputs:
    """The texts that the command line names; a raw command stands beside no path."""
    raw = context.meta.get(RawTailCommand.TAIL)
    if raw is not None:
        from trainlint.parse.joblist import read_command

        if paths:
            raise click.UsageError("give paths or a command behind `--`, not both")
        if not raw:
            raise click.UsageError("no command behind `--`")
        return Inputs((with_launches(read_command(raw, files.root), files),), ())
    named = list(paths)
    if STDIN in named:
        standard = files.absolute(stdin_filename)
        given = sys.stdin.buffer.read().decode("utf-8", errors="replace")
        files.overlay[standard] = given
        named[named.index(STDIN)] = os.fspath(standard)
    if not named:
        raise click.UsageError(
            "name a job list, a script or a folder (`trainlint check .`), or a command behind `--`"
        )
    return collect(named, files, settings)
