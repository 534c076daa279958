"""Looks at the arguments that a script's own parser does not take, yields each."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Severity
from trainlint.facts.arguments import UnknownArgument
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.wording import or_nearest, written_at


@rule(
    "TL206",
    "unknown-argument",
    severity=Severity.ERROR,
    link=LinkKind.SCRIPT,
    needs=("command_line", "script"),
)
def unknown_argument(chain: Chain) -> Iterator[Finding]:
    """A script is given an argument that its parser does not have."""
    script = chain.script.module.display if chain.script is not None else "the script"
    for problem in chain.command_line.problems if chain.command_line is not None else ():
        if not isinstance(problem, UnknownArgument):
            continue
        place = written_at(problem.span, problem.argument)
        if place is None and problem.nearest:
            place = written_at(problem.span, problem.argument.partition("=")[0])
        yield Finding(
            problem.span,
            f"{_what(problem)} `{script}`{or_nearest(problem.nearest)}",
            help=_help(problem, script),
            runtime=problem.runtime,
            confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
            severity=None if problem.certain else Severity.WARNING,
            fix=replace(place, problem.nearest) if place and problem.nearest else None,
        )


def _what(problem: UnknownArgument) -> str:
    if problem.argument.startswith("-"):
        ambiguous = "ambiguous" in problem.runtime
        kind = "is short for more than one option of" if ambiguous else "is not an argument of"
        return f"`{problem.argument}` {kind}"
    if "nothing reads" in problem.runtime:
        return f"`{problem.argument}` is no setting of"
    return f"`{problem.argument}` is one argument too many for"


def _help(problem: UnknownArgument, script: str) -> str:
    if problem.nearest:
        return f"write `{problem.nearest}`"
    return f"remove it, or add it to the parser: `python {script} --help` shows what is there"
