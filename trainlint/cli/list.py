"""`trainlint list`: paths in, every launch under them out; nothing is checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trainlint.cli.command_line import RawTailCommand
from trainlint.cli.inputs import read_inputs
from trainlint.cli.options import configuration_options, load_configuration
from trainlint.report.exit_code import CLEAN, USAGE
from trainlint.report.listing import render, render_json
from trainlint.report.terminal import encodable
from trainlint.source import Files


@click.command("list", cls=RawTailCommand)
@click.argument("paths", nargs=-1)
@configuration_options
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How to print.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 when there is no launch.")
@click.option("--stdin-filename", default="<stdin>", help="What to call standard input (`-`).")
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    output_format: str,
    allow_empty: bool,
    stdin_filename: str,
    **configuration: object,
) -> None:
    """List every launch of the texts and folders PATHS, without checking any.

    Exit codes: 0 launches were found, 2 usage error or no launch.
    """
    files = Files(Path.cwd())
    settings = load_configuration(files, configuration).settings
    inputs = read_inputs(context, paths, files, settings, stdin_filename)
    printed = render(inputs.texts) if output_format == "text" else render_json(inputs.texts)
    sys.stdout.write(encodable(printed, sys.stdout.encoding))
    for path in inputs.missing:
        click.echo(f"error: {path}: no such file or directory", err=True)
    empty = not any(text.jobs for text in inputs.texts) and not allow_empty
    if empty and not inputs.missing:
        click.echo("error: no launch was found (--allow-empty accepts that)", err=True)
    context.exit(USAGE if inputs.missing or empty else CLEAN)
