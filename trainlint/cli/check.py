"""`trainlint check`: paths, a command or standard input in, the report and the exit code out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from trainlint.chain.model import Chain
from trainlint.cli.command_line import RawTailCommand
from trainlint.cli.inputs import read_inputs
from trainlint.cli.options import Configuration, configuration_options, load_configuration
from trainlint.diagnostic import Severity
from trainlint.engine.inputs import Inputs
from trainlint.facts.launch import Marker
from trainlint.facts.settings import Settings
from trainlint.report.exit_code import CLEAN, CRASH, USAGE, exit_code
from trainlint.report.formats import Desk, rendered
from trainlint.report.outcome import Outcome
from trainlint.report.terminal import encodable, page_for
from trainlint.rules.base import Rule
from trainlint.source import Files

FORMATS = ("text", "concise", "json", "github", "sarif")


@click.command("check", cls=RawTailCommand)
@click.argument("paths", nargs=-1)
@configuration_options
@click.option("--all-jobs", is_flag=True, help="Check done jobs too.")
@click.option("--output-format", type=click.Choice(FORMATS), help="How to print [default: text].")
@click.option("--show-chain", is_flag=True, help="Print job → script → config → arch → model per launch.")
@click.option("--show-schedules", is_flag=True, help="Print what changes during each run, from when to when.")
@click.option("--explain-pack", is_flag=True, help="Print where each rule of the packs stands, and stop.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info", "never"]), help="[default: error]")
@click.option("--allow-empty", is_flag=True, help="Exit 0 when there is nothing to check.")
@click.option("--stdin-filename", default="<stdin>", help="What to call standard input (`-`).")
@click.option("--no-cache", is_flag=True, help="Read everything anew; nothing is kept between runs so far.")
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    all_jobs: bool,
    output_format: str | None,
    show_chain: bool,
    show_schedules: bool,
    explain_pack: bool,
    fail_on: str | None,
    allow_empty: bool,
    stdin_filename: str,
    no_cache: bool,
    **configuration: object,
) -> None:
    """Check every launch of the job lists, scripts and folders PATHS, or the one command behind `--`.

    Exit codes: 0 clean, 1 findings, 2 usage error or nothing to check, 3 trainlint itself failed.
    """
    files = Files(Path.cwd())
    configured = load_configuration(files, configuration)
    settings = configured.settings
    if all_jobs:
        settings = replace(settings, all_jobs=True)
    inputs = read_inputs(context, paths, files, settings, stdin_filename)
    if explain_pack:
        sys.stdout.write(encodable(_explained(inputs, configured, settings, files), sys.stdout.encoding))
        context.exit(USAGE if _complain(inputs, []) else CLEAN)
    outcome, crashed = _run(inputs, settings, configured.chain_rules, files)
    chosen = output_format or settings.output_format
    desk = Desk(files, configured.infos, page_for(sys.stdout, os.environ), show_chain, show_schedules)
    sys.stdout.write(encodable(rendered(outcome, chosen, desk), sys.stdout.encoding))
    _complain(inputs, crashed)
    code = exit_code(outcome, _severity(fail_on or settings.fail_on), allow_empty=allow_empty)
    if not outcome.launches and not allow_empty and code == USAGE and not inputs.missing:
        click.echo("error: nothing to check: no job was found (--allow-empty accepts that)", err=True)
    context.exit(CRASH if crashed else USAGE if inputs.missing else code)


def _complain(inputs: Inputs, crashed: list[str]) -> bool:
    """Say what was asked for and is not there, and what failed."""
    for path in inputs.missing:
        click.echo(f"error: {path}: no such file or directory", err=True)
    for report in crashed:
        click.echo(report, err=True)
    return bool(inputs.missing or crashed)


def _explained(inputs: Inputs, configured: Configuration, settings: Settings, files: Files) -> str:
    """Where each rule of the chosen packs stands in each launch."""
    if not configured.packs:
        raise click.UsageError('--explain-pack: the settings choose no pack; write packs = ["trm"]')
    from trainlint.chain.build import Builder
    from trainlint.engine.selection import is_selected
    from trainlint.policy.explain import explain
    from trainlint.report.packs import render

    builder = Builder(files, settings)
    chains = [
        builder.build(job)
        for text in inputs.texts
        for job in text.jobs
        if settings.all_jobs or job.marker is not Marker.DONE
    ]
    wanted = {info.code for info in configured.infos if is_selected(info, settings)}
    stories = explain(configured.packs, chains, files, lambda rule: rule.code in wanted)
    return render(stories, page_for(sys.stdout, os.environ))


def _severity(name: str) -> Severity | None:
    return None if name == "never" else Severity(name)


def _run(
    inputs: Inputs, settings: Settings, rules: tuple[Rule[Chain], ...], files: Files
) -> tuple[Outcome, list[str]]:
    from trainlint.chain.build import Builder
    from trainlint.engine.run import check

    outcome, crashes = check(inputs.texts, Builder(files, settings), settings, files, rules)
    return outcome, [str(crash) for crash in crashes]
