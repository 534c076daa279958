"""The command line's entry: which commands there are, each imported only when it is used."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import NoReturn

import click

from trainlint import __version__

#: Command name to the module that holds it and the one line `--help` shows.
_COMMANDS = {
    "check": ("trainlint.cli.check", "Check every launch of job lists, or one command behind `--`."),
    "diff": ("trainlint.cli.diff", "Compare what two training programs do: what a refactor changed."),
    "parity": ("trainlint.cli.parity", "Run two scripts for a few steps: whether they train the same."),
    "list": ("trainlint.cli.list", "List every launch that is found, without checking any."),
    "explain": ("trainlint.cli.explain", "Print a job's composed config, or one key's whole story."),
    "train": ("trainlint.cli.train", "Train with the bundled reference trainer (needs the `train` extra)."),
    "rule": ("trainlint.cli.rule", "Print the page of a rule, or the list of rules."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order they are listed."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None when there is none."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group("trainlint", cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trainlint")
def cli() -> None:
    """Verify training launches before they cost GPU-days."""


def main() -> None:
    """Run the command line; a defect of trainlint itself ends in exit code 3, never in a bare traceback."""
    # Facts are trees without cycles: collecting garbage finds nothing and costs a third of a long run.
    gc.disable()
    try:
        cli.main(prog_name="trainlint")
    except SystemExit as ended:
        _leave(ended)
    except RecursionError:
        _defect("the input is nested too deeply")
    except Exception as error:
        _defect(f"{type(error).__name__}: {error}")


def _leave(ended: SystemExit) -> NoReturn:
    """End the process without taking its memory apart piece by piece, which costs a tenth of a short run."""
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        # A pipe that nobody reads any more: the interpreter has its own way to say so.
        raise ended from None
    if not isinstance(ended.code, int):
        raise ended
    os._exit(ended.code)


def _defect(what: str) -> None:
    """Say that trainlint failed, with a log that can be pasted into a report."""
    import traceback

    sys.stderr.write(f"trainlint {__version__} failed, and the fault is its own: {what}\n")
    sys.stderr.write(f"Python {sys.version.split()[0]} on {sys.platform}; please report this with:\n")
    sys.stderr.write(traceback.format_exc())
    sys.exit(3)
