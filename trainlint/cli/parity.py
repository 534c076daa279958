"""`trainlint parity`: two training scripts in, whether both train the same and the exit code out."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from trainlint.engine.parity import MEMORY, ParityAsk, compare_runs
from trainlint.engine.sides import ParityError, SideAsk, side_of
from trainlint.facts.parity import Verdict
from trainlint.facts.settings import PARITY_FORMATS
from trainlint.parity.launch import Limits
from trainlint.parity.proof import Bounds
from trainlint.parity.sides import Side
from trainlint.report.exit_code import CLEAN, CRASH, FINDINGS, USAGE
from trainlint.report.terminal import encodable, page_for

_EXITS = {
    Verdict.EQUAL: CLEAN,
    Verdict.WITHIN: CLEAN,
    Verdict.DIVERGED: FINDINGS,
    Verdict.INCONCLUSIVE: USAGE,
}
#: Ctrl-C, a polite kill, a terminal that was closed.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("parity")
@click.argument("reference")
@click.argument("candidate")
@click.option("--steps", type=click.IntRange(min=1), default=10, show_default=True, help="Optimizer updates.")
@click.option("--args", "both", default="", metavar="WORDS", help="Arguments of both scripts.")
@click.option("--ref-args", default="", metavar="WORDS", help="Arguments of the reference alone.")
@click.option("--new-args", default="", metavar="WORDS", help="Arguments of the candidate alone.")
@click.option("--env", "variables", multiple=True, metavar="NAME=VALUE", help="A variable of both runs.")
@click.option("--ref-env", multiple=True, metavar="NAME=VALUE", help="A variable of the reference's run.")
@click.option("--new-env", multiple=True, metavar="NAME=VALUE", help="A variable of the candidate's run.")
@click.option(
    "--ref-cwd", type=_FOLDER, default=Path(), help="Where the reference is started [default: here]."
)
@click.option(
    "--new-cwd", type=_FOLDER, default=Path(), help="Where the candidate is started [default: here]."
)
@click.option("--python", default=sys.executable, help="The interpreter [default: the one of trainlint].")
@click.option("--nproc", type=click.IntRange(min=1), help="Ranks on this machine [default: the job's, or 1].")
@click.option("--timeout", type=click.FloatRange(min=1), default=600.0, help="Seconds a run may take [600].")
@click.option(
    "--memory",
    type=click.FloatRange(min=0.1),
    default=MEMORY / 2**30,
    help="GB a run may hold [64, or what is there].",
)
@click.option("--exact", is_flag=True, help="Nothing may differ, not by a rounding.")
@click.option(
    "--rtol", type=click.FloatRange(min=0), help="A relative tolerance in place of what is measured."
)
@click.option("--compile", "compiled", is_flag=True, help="Let torch.compile compile.")
@click.option("--in-place", is_flag=True, help="Run in the folders themselves, not in copies.")
@click.option("--output-format", type=click.Choice(PARITY_FORMATS), default="text", help="[default: text]")
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Run two training scripts for a few updates and say where the second first trains otherwise.

    REFERENCE and CANDIDATE are scripts, modules as of `python -m`, or lines of a job list: jobs.txt:12.
    This runs your code: both scripts are started, unmodified, in copies of their folders, watched from
    inside, and stopped after the last update. Where they are not the same to the last bit they run again, to
    measure what rounding alone comes to.

    Exit codes: 0 equal or equal within tolerance, 1 diverged, 2 inconclusive or usage error, 3 trainlint
    itself failed, 130 or 143 ended from outside, with all that it had started.
    """
    _end_tidily()
    try:
        result = compare_runs(_ask(given), _tell)
    except ParityError as error:
        click.echo(f"error: {error}", err=True)
        context.exit(USAGE)
    report = result.report(given["output_format"], page_for(sys.stdout, os.environ))
    sys.stdout.write(encodable(report, sys.stdout.encoding))
    for crash in result.crashes:
        click.echo(str(crash), err=True)
    context.exit(CRASH if result.crashes else _EXITS[result.verdict])


def _ask(given: dict[str, Any]) -> ParityAsk:
    exact, rtol = given["exact"], given["rtol"]
    if exact and rtol is not None:
        raise click.UsageError("--exact allows nothing and --rtol does: give one of them")
    return ParityAsk(
        reference=_side("reference", given, "ref"),
        candidate=_side("candidate", given, "new"),
        steps=given["steps"],
        limits=Limits(given["timeout"], int(given["memory"] * 2**30)),
        bounds=Bounds(exact, rtol),
        compiled=given["compiled"],
        in_place=given["in_place"],
    )


def _side(name: str, given: dict[str, Any], short: str) -> Side:
    return side_of(
        SideAsk(
            name=name,
            program=given[name],
            arguments=(*_words(given["both"], "--args"), *_words(given[f"{short}_args"], f"--{short}-args")),
            folder=given[f"{short}_cwd"],
            variables=(
                *_variables(given["variables"], "--env"),
                *_variables(given[f"{short}_env"], f"--{short}-env"),
            ),
            python=given["python"],
            processes=given["nproc"],
        )
    )


def _words(text: str, option: str) -> Sequence[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error} in {text}") from error


def _variables(entries: Sequence[str], option: str) -> list[tuple[str, str]]:
    found = []
    for entry in entries:
        name, equals, value = entry.partition("=")
        if not equals or not name:
            raise click.UsageError(f"{option}: write NAME=VALUE, not {entry}")
        found.append((name, value))
    return found


def _end_tidily() -> None:
    """Let what ends this process end the runs and remove their copies first."""

    def end(number: int, _: object) -> NoReturn:
        for other in _ENDING:
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def _tell(name: str) -> None:
    """Say on a terminal what is being run; a report that is read by a program stays as it is."""
    if sys.stderr.isatty():
        click.echo(f"running {name} …", err=True)
