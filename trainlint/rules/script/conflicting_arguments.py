"""Looks at the arguments of a script that exclude each other, yields those that are given together."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.arguments import ConflictingArgument
from trainlint.rules.base import Finding, rule


@rule(
    "TL209", "conflicting-arguments", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("command_line",)
)
def conflicting_arguments(chain: Chain) -> Iterator[Finding]:
    """A script is given two arguments of which its parser allows only one."""
    for problem in chain.command_line.problems if chain.command_line is not None else ():
        if isinstance(problem, ConflictingArgument):
            note = f"`{problem.argument}` and `{problem.other}` are defined to exclude each other"
            yield Finding(
                problem.span,
                f"`{problem.argument}` cannot stand beside `{problem.other}`",
                help="give only one of the two",
                runtime=problem.runtime,
                chain=(Note(problem.defined, note),) if problem.defined else (),
                confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
                severity=None if problem.certain else Severity.WARNING,
            )
