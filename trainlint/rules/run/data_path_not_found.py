"""Looks at the data that launches read, yields those that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.paths import PathRole
from trainlint.rules.base import Finding, rule
from trainlint.rules.missing_paths import finding, missing_paths

_HELP = "name what is there, or make it first; a machine that sees it elsewhere is described by `hosts`"


@rule("TL510", "data-path-not-found", severity=Severity.WARNING, link=LinkKind.DATA, needs=("project",))
def data_path_not_found(project: Project) -> Iterator[Finding]:
    """A file or folder of data that every run reads is not there."""
    for missing in missing_paths(project, PathRole.DATA):
        yield finding(missing, project, LinkKind.DATA, _HELP)
