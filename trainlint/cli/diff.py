"""`trainlint diff`: two training programs in, what the second does otherwise and the exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from trainlint.cli.options import file_settings, rule_options, selectors
from trainlint.diagnostic import Severity
from trainlint.engine.compare import Ask, Refusal
from trainlint.engine.fixes import preview
from trainlint.engine.mending import Compared, compared, mended, planned
from trainlint.engine.selection import for_command
from trainlint.engine.settings import known_rules
from trainlint.facts.settings import DIFF_FORMATS, FAIL_ON, Settings
from trainlint.report.diff_formats import rendered_diff
from trainlint.report.exit_code import CLEAN, CRASH, FINDINGS, USAGE, exit_code
from trainlint.report.formats import Desk
from trainlint.report.terminal import encodable, page_for
from trainlint.rules.differences import DIFF_RULES
from trainlint.source import Files


@click.command("diff")
@click.argument("scripts", nargs=-1, metavar="[REFERENCE] CANDIDATE")
@click.option("--reference", "references", multiple=True, metavar="FILE", help="A script that was merged.")
@click.option("--rev", "revision", metavar="REVISION", help="Take the reference from this git revision.")
@rule_options
@click.option("--output-format", type=click.Choice(DIFF_FORMATS), help="How to print [default: text].")
@click.option("--fail-on", type=click.Choice(FAIL_ON), help="[default: error]")
@click.option("--fix", "mend", is_flag=True, help="Mend in the candidate what can be mended safely.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: what may change more, too.")
@click.option("--diff", "look", is_flag=True, help="Print what --fix would change, and change nothing.")
@click.pass_context
def command(
    context: click.Context,
    /,
    scripts: tuple[str, ...],
    references: tuple[str, ...],
    revision: str | None,
    output_format: str | None,
    fail_on: str | None,
    mend: bool,
    unsafe_fixes: bool,
    look: bool,
    **configuration: object,
) -> None:
    """Compare what two training programs do, not how they are written; nothing of them is run.

    `trainlint diff train.py new.py` compares two scripts with all that they import, `trainlint diff
    --reference training.py --reference resume.py merged.py` one with several that were merged into it,
    `trainlint diff --rev HEAD~3 train.py` a script with what it was.

    Exit codes: 0 nothing that counts differs, 1 findings, 2 usage error or nothing to compare, 3 trainlint
    itself failed. With --diff: 1 where something would be mended, else 0.
    """
    if unsafe_fixes and not (mend or look):
        raise click.UsageError("--unsafe-fixes says which fixes: give it with --fix, or with --diff to look")
    if mend and look:
        raise click.UsageError("--diff changes nothing and --fix does: give one of them")
    ask = _ask(scripts, references, revision)
    settings = _settings(configuration)
    settings = replace(
        settings, fail_on=fail_on or settings.fail_on, output_format=output_format or settings.output_format
    )
    if look:
        context.exit(_previewed(ask, settings, unsafe_fixes))
    context.exit(_reported(ask, settings, mend, unsafe_fixes))


def _ask(scripts: tuple[str, ...], references: tuple[str, ...], revision: str | None) -> Ask:
    """What is to be compared; the candidate is the last word, or with --rev alone the file as it is now."""
    if references:
        if len(scripts) != 1:
            said = "none" if not scripts else f"{len(scripts)}: {' '.join(scripts)}"
            raise click.UsageError(f"beside --reference one candidate is named, not {said}")
        return Ask(references, scripts[0], revision)
    if revision is not None and len(scripts) == 1:
        return Ask(scripts, scripts[0], revision)
    if len(scripts) == 2:
        return Ask(scripts[:1], scripts[1], revision)
    if len(scripts) < 2:
        raise click.UsageError(
            "name the reference and the candidate (`trainlint diff train.py train_refactored.py`), "
            "or a revision for the reference (`trainlint diff --rev HEAD~1 train.py`)"
        )
    raise click.UsageError(
        f"{len(scripts)} scripts are named; of several references each stands behind a --reference of its own"
    )


def _settings(options: Mapping[str, object]) -> Settings:
    """The settings file's settings with the command line's on top."""
    files = _files()
    infos = tuple(rule.info for rule in DIFF_RULES)
    settings = file_settings(
        files, options["config"], lambda names, folder: known_rules(files, names, folder)
    )
    select = selectors(options["select"], "--select", infos)
    ignore = selectors(options["ignore"], "--ignore", infos)
    settings = for_command(settings, infos)
    return replace(settings, select=select or settings.select, ignore=(*settings.ignore, *ignore))


def _previewed(ask: Ask, settings: Settings, unsafe: bool) -> int:
    """Print what --fix would change."""
    found = compared(ask, settings, _files)
    if isinstance(found, Refusal):
        return _refused(found)
    changes = preview(planned(found, unsafe=unsafe))
    sys.stdout.write(encodable(changes, sys.stdout.encoding))
    return CRASH if _crashed(found) else FINDINGS if changes else CLEAN


def _reported(ask: Ask, settings: Settings, mend: bool, unsafe: bool) -> int:
    """Compare, after mending if that is wanted, and print the report."""
    found = mended(ask, settings, _files, unsafe=unsafe) if mend else compared(ask, settings, _files)
    if isinstance(found, Refusal):
        return _refused(found)
    infos = tuple(rule.info for rule in DIFF_RULES)
    desk = Desk(found.files, infos, page_for(sys.stdout, os.environ))
    report = rendered_diff(found.outcome, settings.output_format, desk)
    sys.stdout.write(encodable(report, sys.stdout.encoding))
    for fault in found.faults:
        click.echo(f"error: {fault}", err=True)
    if _crashed(found):
        return CRASH
    return (
        USAGE
        if found.faults
        else exit_code(found.outcome.found, _severity(settings.fail_on), allow_empty=True)
    )


def _files() -> Files:
    return Files(Path.cwd())


def _severity(name: str) -> Severity | None:
    return None if name == "never" else Severity(name)


def _refused(refusal: Refusal) -> int:
    click.echo(f"error: {refusal}", err=True)
    return USAGE


def _crashed(found: Compared) -> bool:
    for crash in found.crashes:
        click.echo(str(crash), err=True)
    return bool(found.crashes)
