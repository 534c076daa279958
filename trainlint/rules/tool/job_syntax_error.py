"""Lines of a job list that no shell can read in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.rules.base import Finding, rule


@rule("TL002", "job-syntax-error", severity=Severity.ERROR, link=LinkKind.JOB, needs=("project",))
def job_syntax_error(project: Project) -> Iterator[Finding]:
    """A job's command cannot be read as a shell command."""
    for problem in project.text_problems:
        yield Finding(
            problem.span,
            problem.message,
            help="write the line as you would type it into a shell",
            runtime="bash stops with a syntax error, or waits for the rest of the command",
        )
