"""`trainlint parity`: two training scripts in, whether both train the same and the exit code out."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from trainlint.engine.asks import MEMORY, STEPS, TIMEOUT, OneSide, Request, asked, asked_alone
from trainlint.engine.parity import ParityResult, compare_runs, page_fault, record_run
from trainlint.engine.sides import ParityError
from trainlint.engine.watching import watch_run
from trainlint.facts.parity import Verdict
from trainlint.facts.settings import PARITY_FORMATS
from trainlint.report import recordings, watched
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
#: Options whose names say something else in Python.
_NAMES = {"args": "both", "env": "variables", "reference-trainer": "trainer"}
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("parity")
@click.argument("programs", nargs=-1, metavar="REFERENCE CANDIDATE")
@click.option(
    "--steps", type=click.IntRange(min=1), help=f"Optimizer updates [default: {STEPS}, or the recording's]."
)
@click.option("--record", type=_FILE, metavar="FILE", help="Keep a run of the one program that is named.")
@click.option("--observe", is_flag=True, help="Say what the one program that is named does in an update.")
@click.option("--against", type=_FILE, metavar="FILE", help="Take the reference from a recording.")
@click.option("--args", "both", default="", metavar="WORDS", help="Arguments of both scripts.")
@click.option("--ref-args", default="", metavar="WORDS", help="Arguments of the reference alone.")
@click.option("--new-args", default="", metavar="WORDS", help="Arguments of the candidate alone.")
@click.option(
    "--resume-at",
    type=click.IntRange(min=0),
    default=0,
    metavar="K",
    help="Stop it after K updates; go on.",
)
@click.option("--resume-args", default="", metavar="WORDS", help="Arguments that let it go on from there.")
@click.option("--reference-trainer", "trainer", metavar="WORDS", help="The bundled trainer is the reference.")
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
@click.option("--ref-nproc", type=click.IntRange(min=1), help="Ranks of the reference alone.")
@click.option("--new-nproc", type=click.IntRange(min=1), help="Ranks of the candidate alone.")
@click.option("--timeout", type=click.FloatRange(min=1), default=TIMEOUT, help="Seconds for a run [600].")
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
@click.option(
    "--atol", type=click.FloatRange(min=0), help="And by how much beside; of tensors the root mean square."
)
@click.option(
    "--mapping", type=_FILE, metavar="FILE", help="Lines `reference name: candidate name` of parameters."
)
@click.option("--compile", "compiled", is_flag=True, help="Let torch.compile compile.")
@click.option("--in-place", is_flag=True, help="Run in the folders themselves, not in copies.")
@click.option("--output-format", type=click.Choice(PARITY_FORMATS), default="text", help="[default: text]")
@click.option("--report", "page", type=_FILE, metavar="FILE", help="Write a page for a browser, too.")
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
        if given["record"] is not None:
            context.exit(_recorded(given))
        if given["observe"]:
            context.exit(_observed(given))
        result = compare_runs(asked(_request(given)), _tell)
    except ParityError as error:
        click.echo(f"error: {error}", err=True)
        context.exit(USAGE)
    context.exit(_reported(result, given))


def _reported(result: ParityResult, given: dict[str, Any]) -> int:
    """Print the report, write the page that is asked for, and tell of defects of trainlint."""
    report = result.report(given["output_format"], page_for(sys.stdout, os.environ))
    sys.stdout.write(encodable(report, sys.stdout.encoding))
    fault = result.write_page(given["page"]) if given["page"] is not None else None
    if fault is not None:
        click.echo(f"error: {given['page']}: {fault}", err=True)
    for crash in result.crashes:
        click.echo(str(crash), err=True)
    return CRASH if result.crashes else USAGE if fault is not None else _EXITS[result.verdict]


def _recorded(given: dict[str, Any]) -> int:
    """Record a run, and say what is kept of it."""
    found = record_run(asked_alone(_request(given)), given["record"], _tell)
    if isinstance(found, ParityResult):
        return _reported(found, given)
    sys.stdout.write(encodable(recordings.render(found), sys.stdout.encoding))
    return CLEAN


def _observed(given: dict[str, Any]) -> int:
    """Say what a run was seen to do, beside what its code says."""
    found = watch_run(asked_alone(_request(given)), _tell)
    if isinstance(found, ParityResult):
        return _reported(found, given)
    sys.stdout.write(encodable(watched.render(found.seen, found.static), sys.stdout.encoding))
    return CLEAN


def _refuse_idle(given: dict[str, Any]) -> None:
    """What would be asked for in vain: a run that is kept or watched has a report of its own."""
    own = "--record" if given["record"] is not None else "--observe" if given["observe"] else ""
    others = {
        "--observe": given["observe"] and own != "--observe",
        "--report": given["page"] is not None,
        "--output-format": given["output_format"] != "text",
    }
    idle = [name for name, is_given in others.items() if is_given]
    if own and idle:
        raise click.UsageError(f"{own} says what it has to say as text: leave {idle[0]} out")


def _request(given: dict[str, Any]) -> Request:
    _refuse_idle(given)
    fault = page_fault(given["page"]) if given["page"] is not None else None
    if fault is not None:
        raise click.UsageError(f"--report {given['page']}: {fault}")
    trainer = given["trainer"]
    return Request(
        programs=given["programs"],
        both=OneSide(_words(given, "args"), _variables(given, "env")),
        reference=_one_side(given, "ref"),
        candidate=_one_side(given, "new"),
        python=given["python"],
        processes=given["nproc"],
        steps=given["steps"],
        timeout=given["timeout"],
        memory=int(given["memory"] * 2**30),
        exact=given["exact"],
        rtol=given["rtol"],
        compiled=given["compiled"],
        in_place=given["in_place"],
        against=given["against"],
        trainer=None if trainer is None else _words(given, "reference-trainer"),
        resume_at=given["resume_at"],
        resume_arguments=_words(given, "resume-args"),
        atol=given["atol"],
        mapping=given["mapping"],
    )


def _one_side(given: dict[str, Any], short: str) -> OneSide:
    folder = given[f"{short}_cwd"]
    words, variables = _words(given, f"{short}-args"), _variables(given, f"{short}-env")
    return OneSide(words, variables, folder, given[f"{short}_nproc"])


def _words(given: dict[str, Any], option: str) -> tuple[str, ...]:
    text = given[_NAMES.get(option, option.replace("-", "_"))]
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise click.UsageError(f"--{option}: {error} in {text}") from error


def _variables(given: dict[str, Any], option: str) -> tuple[tuple[str, str], ...]:
    found = []
    for entry in given[_NAMES.get(option, option.replace("-", "_"))]:
        name, equals, value = entry.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--{option}: write NAME=VALUE, not {entry}")
        found.append((name, value))
    return tuple(found)


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
