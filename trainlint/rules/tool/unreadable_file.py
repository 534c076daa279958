"""Files that a launch needs and that give no text in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.rules.base import Finding, rule
from trainlint.source import Span


@rule("TL001", "unreadable-file", severity=Severity.ERROR, link=LinkKind.JOB, needs=("project",))
def unreadable_file(project: Project) -> Iterator[Finding]:
    """A file that a launch needs cannot be read as text."""
    for file in project.unreadable:
        yield Finding(
            Span.at(file.display),
            f"cannot read this file: {file.reason}",
            help="a job list, script or config is a UTF-8 text; convert the file, or mend its permissions",
            runtime="the program that reads it stops, or takes something else for it",
        )
