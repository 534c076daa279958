"""Needed paths that are not there: which of them no job writes, and how each is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from trainlint.chain.model import LaunchSummary, Project
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.paths import MissingPath, PathRole
from trainlint.rules.base import Finding, value_story

#: So many entries of a folder are named.
_NAMED = 5


def missing_paths(project: Project, role: PathRole) -> Iterator[MissingPath]:
    """The paths of one kind that a launch needs, that are not there and that no other launch writes."""
    seen: set[MissingPath] = set()
    for launch in project.launches:
        for paths in launch.paths:
            for missing in paths.missing:
                if missing.needed.role is role and missing not in seen:
                    seen.add(missing)
                    if not _is_written(missing, launch, project):
                        yield missing


def severity(project: Project) -> Severity:
    """How much a path that is not there counts."""
    return Severity.ERROR if project.settings.paths == "check" else Severity.WARNING


def finding(missing: MissingPath, project: Project, link: LinkKind, help_: str) -> Finding:
    """How a missing path is told."""
    needed = missing.needed
    if missing.inside:
        message = f"`{needed.given}` has no `{missing.entry}`"
    elif missing.nearest is not None:
        message = f"`{missing.shown}` is not there; the nearest is `{missing.nearest}`"
    else:
        message = f"`{missing.shown}` is not there: {_held(missing)}"
    reads = Note(needed.place, f"`{needed.reader}` reads it here")
    return Finding(
        needed.origin.span,
        message,
        help=help_,
        runtime=f"FileNotFoundError: No such file or directory: '{missing.shown}'",
        chain=(*value_story(needed.origin), reads),
        severity=severity(project),
        link=link,
    )


def _held(missing: MissingPath) -> str:
    if missing.folder == ".":
        return f"there is no `{missing.entry}`"
    if not missing.siblings:
        return f"`{missing.folder}` is empty"
    names = ", ".join(f"`{name}`" for name in missing.siblings[:_NAMED])
    more = f" and {len(missing.siblings) - _NAMED} more" if len(missing.siblings) > _NAMED else ""
    return f"`{missing.folder}` holds {names}{more}"


def _is_written(missing: MissingPath, reader: LaunchSummary, project: Project) -> bool:
    """Whether another launch writes a path; what a launch writes itself comes too late for it."""
    path, names = missing.needed.path, _named_like(missing.shown)
    others = [launch for launch in (*project.launches, *project.done) if launch is not reader]
    patterns = (pattern for launch in others for paths in launch.paths for pattern in paths.written)
    if any(fnmatchcase(path, pattern) or pattern.startswith(path + "/") for pattern in patterns):
        return True
    return names is not None and any(names.search(launch.text) for launch in others)


def _named_like(given: str) -> re.Pattern[str] | None:
    """Finds the folders of a path among the values of a command: a run named like one writes there."""
    folders = given.split("/")[:-1]
    names = [name for name in folders if name not in ("", ".", "..")]
    paths = ["/".join(folders[: end + 1]) for end in range(len(folders))]
    options = "|".join(re.escape(text) for text in dict.fromkeys([*names, *paths]) if text)
    # `python data/words/prepare.py` makes what is in its folder.
    return (
        re.compile(rf"(?:^|[=\s'\"])(?:{options})(?=/?$|/?[\s'\"]|/[\w.-]+\.(?:py|sh)\b)")
        if options
        else None
    )
