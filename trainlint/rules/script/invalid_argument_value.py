"""Looks at the values of a script's arguments, yields those that its own parser refuses."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.arguments import InvalidArgument, RefusedArgument
from trainlint.rules.base import Finding, replace, rule
from trainlint.rules.wording import or_nearest, written_at


@rule(
    "TL208", "invalid-argument-value", severity=Severity.ERROR, link=LinkKind.SCRIPT, needs=("command_line",)
)
def invalid_argument_value(chain: Chain) -> Iterator[Finding]:
    """An argument of a script has a value that its parser refuses."""
    for problem in chain.command_line.problems if chain.command_line is not None else ():
        if isinstance(problem, RefusedArgument):
            yield _stopped(problem)
        if not isinstance(problem, InvalidArgument):
            continue
        place = written_at(problem.span, problem.value) if problem.value else None
        yield Finding(
            problem.span,
            f"{_message(problem)}{or_nearest(problem.nearest)}",
            help=f"give `{problem.argument}` {problem.expected}",
            runtime=problem.runtime,
            chain=(Note(problem.defined, f"`{problem.argument}` is defined here"),)
            if problem.defined
            else (),
            confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
            severity=None if problem.certain else Severity.WARNING,
            fix=replace(place, problem.nearest) if place and problem.nearest else None,
        )


def _stopped(problem: RefusedArgument) -> Finding:
    """Code of the script's own refuses an argument."""
    place = written_at(problem.span, problem.argument) if problem.nearest else None
    return Finding(
        problem.span,
        f"the script {problem.reason}: `{problem.argument}`{or_nearest(problem.nearest)}",
        help=f"write `{problem.nearest}`" if problem.nearest else "remove it",
        runtime=problem.runtime,
        confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
        severity=None if problem.certain else Severity.WARNING,
        fix=replace(place, problem.nearest) if place and problem.nearest else None,
    )


def _message(problem: InvalidArgument) -> str:
    if problem.value is None:
        none = problem.expected == "a value"
        tail = "is given no value" if none else f"expects {problem.expected} and is given too few"
        return f"`{problem.argument}` {tail}"
    return f"`{problem.argument}` expects {problem.expected}, not `{problem.value}`"
