"""`trainlint explain`: a job and perhaps a key in, the composed config with its story out."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path

import click

from trainlint.chain.build import Builder
from trainlint.chain.resolving import resolver_of
from trainlint.cli.options import configuration_options, load_configuration
from trainlint.engine.job_lines import NoJobError, jobs_at, place_in
from trainlint.facts.config import Composition, ConfigNode, Key, leaves, select
from trainlint.facts.launch import JobFacts
from trainlint.facts.settings import Settings
from trainlint.report.exit_code import FINDINGS
from trainlint.report.explain import one, whole
from trainlint.source import Files, Span


@click.command("explain")
@click.argument("job", metavar="JOBFILE:LINE")
@click.argument("key", required=False)
@configuration_options
@click.pass_context
def command(context: click.Context, /, job: str, key: str | None, **configuration: object) -> None:
    """Print the composed config of the job at JOBFILE:LINE, or the whole story of one KEY."""
    files = Files(Path.cwd())
    settings = load_configuration(files, configuration).settings
    chain = Builder(files, settings).build(_job(job, files, settings))
    if not chain.compositions or chain.script is None:
        raise click.ClickException(f"{job}: no config is composed; `trainlint check --show-chain` says why")
    composition = chain.compositions[0]
    resolve = resolver_of(composition, chain.script, chain.launch)
    if key is None:
        sys.stdout.write(whole(composition, resolve))
    else:
        path = _path(key)
        node = _node(composition, key, path)
        sys.stdout.write(one(path, node, lambda span: _excerpt(files, span), resolve))
    if composition.problems:
        click.echo(f"note: this launch has problems; `trainlint check {job.rsplit(':', 1)[0]}`", err=True)
        context.exit(FINDINGS)


def _job(text: str, files: Files, settings: Settings) -> JobFacts:
    """The job at `file:line`."""
    place = place_in(text)
    if place is None:
        raise click.UsageError(f"`{text}` is not JOBFILE:LINE, for example jobs.txt:12")
    try:
        return jobs_at(*place, files, settings)[0]
    except NoJobError as error:
        raise click.UsageError(str(error)) from error


def _path(key: str) -> tuple[Key, ...]:
    """The path of a dotted key; numbers are list indices, in dots or brackets."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def _node(composition: Composition, key: str, path: tuple[Key, ...]) -> ConfigNode:
    node = select(composition.root, path)
    if node is None:
        known = leaves(composition.root) if composition.root is not None else ()
        close = get_close_matches(key, [".".join(map(str, found)) for found, _ in known], n=1)
        hint = f"; the nearest is `{close[0]}`" if close else ""
        raise click.UsageError(f"`{key}` is not a key of the composed config{hint}")
    return node


def _excerpt(files: Files, span: Span) -> str:
    source = files.shown(span.file)
    if source is None:
        return ""
    start = source.offset(span.line, span.column)
    return source.text[start : source.offset(span.end_line, span.end_column)]
