"""Suppression comments that silenced nothing in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.rules.base import Finding, rule


@rule("TL005", "unused-suppression", severity=Severity.WARNING, link=LinkKind.JOB, needs=("unused",))
def unused_suppression(project: Project) -> Iterator[Finding]:
    """A `# trainlint: ignore[...]` comment that matches no finding."""
    for entry in project.unused:
        listed = ", ".join(entry.codes)
        yield Finding(
            entry.span,
            f"`ignore[{listed}]` silences nothing here",
            help="remove the comment: a suppression that matches nothing hides the next mistake on its line",
        )
