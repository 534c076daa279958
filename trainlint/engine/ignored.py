"""Folders of a git repository in, what its ignore files leave out of a search out."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from trainlint.record import state
from trainlint.source import Files

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_FILE = ".gitignore"


@state
class Ignored:
    """What `.gitignore` files and `.git/info/exclude` name, from the repository's root down.

    As in git, the file nearest to a path decides, and inside a file the last pattern that matches.
    """

    files: Files
    _root: dict[Path, Path | None] = field(default_factory=dict)
    _specs: dict[Path, GitIgnoreSpec | None] = field(default_factory=dict)

    def __contains__(self, path: Path) -> bool:
        """Whether git would leave out this path, itself or by a folder above it that it ignores."""
        root = self._repository(path.parent)
        if root is None:
            return False
        parts = path.relative_to(root).parts
        steps = [root.joinpath(*parts[: index + 1]) for index in range(len(parts))]
        return any(self._decided(step, root) for step in steps)

    def _decided(self, path: Path, root: Path) -> bool:
        slash = "/" if self.files.is_dir(path) and not self.files.is_link(path) else ""
        folder = path.parent
        while True:
            spec = self._spec(folder, is_root=folder == root)
            if spec is not None:
                verdict = spec.check_file(path.relative_to(folder).as_posix() + slash).include
                if verdict is not None:
                    return verdict
            if folder == root:
                return False
            folder = folder.parent

    def _spec(self, folder: Path, *, is_root: bool) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            names = (Path(".git/info/exclude"), Path(_FILE)) if is_root else (Path(_FILE),)
            sources = (self.files.peek(folder / name) for name in names if self.files.is_file(folder / name))
            lines = [line for source in sources if source is not None for line in source.text.splitlines()]
            self._specs[folder] = _spec(lines)
        return self._specs[folder]

    def _repository(self, folder: Path) -> Path | None:
        """The root of the repository that a folder belongs to."""
        if folder not in self._root:
            above = folder.parent
            if self.files.kind(folder / ".git") is not None:
                self._root[folder] = folder
            else:
                self._root[folder] = self._repository(above) if above != folder else None
        return self._root[folder]


def _spec(lines: list[str]) -> GitIgnoreSpec | None:
    """The patterns of some lines; nothing is imported for a folder without any."""
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        usable = [line for line in lines if _is_pattern(line)]
        return GitIgnoreSpec.from_lines(usable)


def _is_pattern(line: str) -> bool:
    """Whether git could use a line; it passes over those that are no pattern, such as a single `!`."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
