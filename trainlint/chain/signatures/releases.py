"""Installed packages that a signature was read from in, why the run may use another release out."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from trainlint.chain.lookup import ModuleLookup
from trainlint.chain.pins import Pin, pinned
from trainlint.record import state


@state
class Releases:
    """Compares what is installed with what a project asks for, each package once."""

    lookup: ModuleLookup
    _doubts: dict[tuple[Path, str], str | None] = field(default_factory=dict)

    def doubt(self, folder: Path, packages: frozenset[str]) -> str | None:
        """Why one of the packages may be another release in the run."""
        for package in sorted(packages):
            key = (folder, package)
            if key not in self._doubts:
                self._doubts[key] = self._doubt(folder, package)
            if self._doubts[key] is not None:
                return self._doubts[key]
        return None

    def is_certain(self, packages: frozenset[str]) -> bool:
        """Whether they are those of the run: the environment was named, or none is needed."""
        return not packages or self.lookup.resolver.library.python is not None

    def _doubt(self, folder: Path, package: str) -> str | None:
        installed = self.lookup.installed_version(package)
        names = dict.fromkeys((package, package.replace("_", "-"), package.replace("_", ".")))
        pins = (pinned(self.lookup.files, folder, name) for name in names)
        wanted = next((pin for pin in pins if pin is not None), None)
        if installed is None or wanted is None or _fits(installed, wanted):
            return None
        asked = f"{package} {wanted.sign} {wanted.version}"
        return f"the project asks for {asked}, and {installed} is installed here"


def _fits(installed: str, wanted: Pin) -> bool:
    """Whether a release is the one that is asked for, as far as its first two numbers."""
    here, there = _numbers(installed), _numbers(wanted.version)
    if wanted.sign == "<":
        return here < there
    return here <= there if wanted.sign == "<=" else here[: len(there)][:2] == there[:2]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
