"""Looks at the values of launcher options, yields those that the launcher refuses."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import InvalidOptionValue
from trainlint.rules.base import Finding, rule


@rule("TL104", "invalid-launcher-value", severity=Severity.ERROR, link=LinkKind.LAUNCHER, needs=("launch",))
def invalid_launcher_value(chain: Chain) -> Iterator[Finding]:
    """A launcher's option has a value that the launcher refuses."""
    for problem in chain.launch.problems:
        if isinstance(problem, InvalidOptionValue):
            yield Finding(
                problem.span,
                _message(problem),
                help=f"give `{problem.option}` {problem.expected}",
                runtime=f"{problem.launcher}: error: argument {problem.option}: invalid value",
            )


def _message(problem: InvalidOptionValue) -> str:
    if problem.expected == "a value":
        return f"`{problem.option}` of {problem.launcher} is given no value"
    return f"`{problem.option}` of {problem.launcher} expects {problem.expected}, not `{problem.value}`"
