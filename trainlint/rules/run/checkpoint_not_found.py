"""Looks at the checkpoints that launches load, yields those that are not there or that nobody can load."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Project
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.checkpoint import Damage, UnreadCheckpoint
from trainlint.facts.paths import PathRole
from trainlint.rules.base import Finding, rule, value_story
from trainlint.rules.missing_paths import finding, missing_paths, severity

_HELP = "name a checkpoint that is there, or let the job that writes it run first"
_MEND = {
    Damage.POINTER: "fetch the file: git lfs pull",
    Damage.CUT_OFF: "copy or save it again; the last save may have been interrupted",
    Damage.EMPTY: "copy or save it again",
}


@rule(
    "TL511",
    "checkpoint-not-found",
    severity=Severity.WARNING,
    link=LinkKind.CHECKPOINT,
    needs=("project",),
)
def checkpoint_not_found(project: Project) -> Iterator[Finding]:
    """A checkpoint that every run loads is not there, or is no more than a stub."""
    for missing in missing_paths(project, PathRole.CHECKPOINT):
        yield finding(missing, project, LinkKind.CHECKPOINT, _HELP)
    for launch in project.launches:
        for loaded in (loaded for paths in launch.paths for loaded in paths.checkpoints):
            found, needed = loaded.contents, loaded.needed
            if isinstance(found, UnreadCheckpoint) and found.damage is not None:
                yield Finding(
                    needed.origin.span,
                    f"`{needed.given}` cannot be loaded: {found.reason}",
                    help=_MEND[found.damage],
                    runtime=f"`{needed.reader}` fails: invalid load key, or failed finding central directory",
                    chain=value_story(needed.origin),
                    severity=severity(project),
                )
