"""A project's folder and a package in, the version that the project's own files bind it to out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.facts.value import Unknown
from trainlint.record import record
from trainlint.regex import regex
from trainlint.source import Files, SourceFile, Span

_FILES = (
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
    "environment.yml",
    "environment.yaml",
    "setup.cfg",
)
_SPEC = r"(?mi)^[ \t]*-?[ \t]*[\"']?{}[ \t]*(?:\[[^\]]*\])?[ \t]*=?[ \t]*[\"']?(?P<spec>[=<>~!][^\"'#;\n]*)"
_BOUND = regex(r"(?<![<>=!~])(?P<sign>===?|=|<=|<|~=)\s*v?(?P<version>\d+(?:\.\d+)*)")
_LEVELS = 6
#: The first release whose rules of composition are those that trainlint follows.
_MODERN_HYDRA = (1, 1)


@record
class Pin:
    """An upper bound on a package's version, or the one version that is allowed, as a file states it."""

    sign: str
    version: str
    span: Span

    def excludes(self, release: tuple[int, ...]) -> bool:
        """Whether this release and all later ones are excluded."""
        bound = tuple(int(part) for part in self.version.split("."))
        if self.sign == "<":
            return bound <= release
        if self.sign == "~=":
            return len(bound) > len(release) and bound < release
        return bound < release


def pinned(files: Files, folder: Path, package: str) -> Pin | None:
    """The bound that the files of a folder, or of those above it up to the repository's root, state."""
    pattern = re.compile(_SPEC.format(re.escape(package)))
    for level in (folder, *folder.parents[:_LEVELS]):
        for source in _sources(files, level):
            found = pattern.search(source.text)
            bound = _BOUND.search(found["spec"]) if found is not None else None
            if found is not None and bound is not None:
                place = source.span(found.start("spec"), found.end("spec"))
                return Pin(bound["sign"], bound["version"], place)
        if ".git" in files.entries(level):
            break
    return None


def older_hydra(files: Files, folder: Path) -> Unknown | None:
    """Why a project's configs cannot be composed here: it asks for a Hydra with other rules."""
    pin = pinned(files, folder, "hydra-core")
    if pin is None or not pin.excludes(_MODERN_HYDRA):
        return None
    reason = f"the project asks for hydra-core {pin.sign}{pin.version}, which composes by older rules"
    return Unknown(reason, pin.span)


def _sources(files: Files, folder: Path) -> Iterator[SourceFile]:
    names = files.entries(folder)
    for name in (*_FILES, *(name for name in names if name.startswith("requirements"))):
        source = files.peek(folder / name) if name in names else None
        if isinstance(source, SourceFile):
            yield source
