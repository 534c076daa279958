"""Looks at the values in config files that launchers read, yields those that the library refuses."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.launcher_config import InvalidValue
from trainlint.rules.base import Finding, rule


@rule(
    "TL115",
    "invalid-launcher-config-value",
    severity=Severity.ERROR,
    link=LinkKind.LAUNCHER,
    needs=("launch",),
)
def invalid_launcher_config_value(chain: Chain) -> Iterator[Finding]:
    """A config file that a launcher reads has a value that the library refuses."""
    for config in chain.launch.configs:
        for problem in config.problems:
            if isinstance(problem, InvalidValue):
                yield Finding(
                    problem.span,
                    _message(problem),
                    help=_help(problem),
                    runtime=problem.runtime,
                    chain=(Note(config.span, "the launch reads the file because of this"),),
                )


def _message(problem: InvalidValue) -> str:
    if not problem.key:
        return f"the {problem.library} config is no {problem.expected}: {problem.value}"
    if problem.value is None:
        return f"the {problem.library} config lacks `{problem.key}`, {problem.expected}"
    return f"`{problem.key}` of {problem.library} expects {problem.expected}, not `{problem.value}`"


def _help(problem: InvalidValue) -> str:
    if problem.value == "false" and "`no`" in problem.expected:
        return f"write `{problem.key}: 'no'` in quotes: YAML reads a bare no as false"
    if not problem.key:
        return f"mend the {problem.expected}"
    return f"give `{problem.key}` {problem.expected}"
