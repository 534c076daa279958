"""Variables of scripts that nothing sets in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.launch import UndefinedVariable
from trainlint.rules.base import Finding, rule
from trainlint.rules.wording import or_nearest


@rule("TL110", "undefined-shell-variable", severity=Severity.WARNING, link=LinkKind.JOB, needs=("project",))
def undefined_shell_variable(project: Project) -> Iterator[Finding]:
    """A script uses a variable that nothing sets."""
    for problem in project.shell_problems:
        if isinstance(problem, UndefinedVariable):
            yield Finding(
                problem.span,
                f"nothing sets `{problem.name}`{or_nearest(problem.nearest)}",
                help=_help(problem),
                runtime="bash puts nothing in its place and says nothing, except under `set -u`",
            )


def _help(problem: UndefinedVariable) -> str:
    if problem.nearest is not None:
        return f"write `${{{problem.nearest}}}` if that is meant"
    return f"set it, or say that whoever starts the script has to: `${{{problem.name}:?}}`"
