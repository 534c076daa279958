"""Comments addressed to trainlint that cannot be followed in, one finding each out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.rules.base import Finding, rule


@rule("TL006", "malformed-suppression", severity=Severity.ERROR, link=LinkKind.JOB, needs=("malformed",))
def malformed_suppression(project: Project) -> Iterator[Finding]:
    """A `# trainlint:` comment that names no rule or cannot be read."""
    for entry in project.malformed:
        yield Finding(
            entry.span,
            entry.message,
            help="write `# trainlint: ignore[TL303] why it is fine`",
        )
