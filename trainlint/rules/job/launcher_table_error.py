"""Faults of Python launchers in, one finding for each entry that the launcher cannot work with out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import Confidence, LinkKind, Severity
from trainlint.facts.launch import TableEntryError
from trainlint.rules.base import Finding, rule


@rule("TL116", "launcher-table-error", severity=Severity.ERROR, link=LinkKind.JOB, needs=("project",))
def launcher_table_error(project: Project) -> Iterator[Finding]:
    """An entry of a Python launcher's table has not the form that the launcher's code works with."""
    for fault in project.shell_problems:
        if not isinstance(fault, TableEntryError):
            continue
        yield Finding(
            fault.span,
            f"entry `{fault.entry}` of `{fault.table}`: {fault.message}",
            help="give the entry the form that the other entries have, or let the code check for this one",
            runtime=fault.runtime,
            confidence=Confidence.HIGH if fault.certain else Confidence.LOW,
            severity=None if fault.certain else Severity.WARNING,
        )
