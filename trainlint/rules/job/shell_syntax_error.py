"""Stretches of shell texts that bash cannot read in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import ShellSyntaxError
from trainlint.rules.base import Finding, rule


@rule("TL109", "shell-syntax-error", severity=Severity.ERROR, link=LinkKind.JOB, needs=("project",))
def shell_syntax_error(project: Project) -> Iterator[Finding]:
    """Bash cannot read a script."""
    for problem in project.shell_problems:
        if isinstance(problem, ShellSyntaxError):
            carriage = "CR LF" in problem.message
            yield Finding(
                problem.span,
                problem.message,
                help="convert the file with `dos2unix`"
                if carriage
                else "`bash -n` on the script shows the same place",
                runtime="$'\\r': command not found"
                if carriage
                else "bash: syntax error; nothing below it is run",
            )
