"""A file and indicator names in, the project root that `rootutils` would find out."""

from __future__ import annotations

from pathlib import Path

from trainlint.source import Files

#: What the root folder of a project holds.
_PROJECT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "setup.cfg", ".project-root")
_DEFAULT_INDICATORS = (".project-root", "setup.cfg", "setup.py", ".git", "pyproject.toml")


def find_root(files: Files, start: str, indicator: object) -> Path | None:
    """The nearest folder at or above `start` that holds one of the indicators."""
    names = _names(indicator)
    place = files.absolute(start)
    for folder in (place, *place.parents):
        if any(files.kind(folder / name) is not None for name in names):
            return folder
    return None


def project_root(files: Files, folder: Path) -> Path | None:
    """The root of the project around a folder, None when nothing marks one."""
    return find_root(files, str(folder), _PROJECT_MARKS)


def _names(indicator: object) -> tuple[str, ...]:
    if isinstance(indicator, str):
        return (indicator,)
    if isinstance(indicator, (list, tuple)):
        return tuple(str(name) for name in indicator)
    return _DEFAULT_INDICATORS
