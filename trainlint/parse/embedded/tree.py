"""A text's place in, the tree that it belongs to out: its root and the names of a clone of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from trainlint.parse.python.roots import find_root
from trainlint.record import record
from trainlint.source import Files

_REMOTE = re.compile(r"^\s*url\s*=\s*(\S+)", re.MULTILINE)
_NAME = re.compile(r"^name\s*=\s*[\"']([\w.-]+)[\"']", re.MULTILINE)
#: A search for a file that has moved looks into so many folders and not into these.
_FOLDERS = 2000
_OTHERS = frozenset(
    ("node_modules", "site-packages", "third_party", "outputs", "wandb", "venv", "__pycache__")
)


@record
class Tree:
    """The repository that a text belongs to; `names` are what its folder is called after a clone."""

    root: Path
    names: frozenset[str]

    @classmethod
    def around(cls, path: Path, directory: Path, files: Files) -> Tree:
        """The tree of a text that is read from `directory`."""
        marked = find_root(files, str(path.parent), (".git", ".hg"))
        root = marked or (files.root if path.is_relative_to(files.root) else directory)
        names = {root.name}
        remote = files.peek(root / ".git" / "config")
        if remote is not None:
            names |= {_last(url) for url in _REMOTE.findall(remote.text)}
        project = files.peek(root / "pyproject.toml")
        if project is not None and (found := _NAME.search(project.text)):
            names.add(found[1])
        return cls(root, frozenset(_folded(name) for name in names if name))

    def has_name(self, name: str) -> bool:
        """Whether a clone of this tree may lie in a folder of this name."""
        return _folded(name) in self.names

    def is_own(self, url: str) -> bool:
        """Whether `git clone url` gets this tree."""
        return self.has_name(_last(url))

    def moved(self, missing: str, files: Files) -> Path | None:
        """The one file into which a missing one can have moved: its name and folders, with others between."""
        parts = missing.removeprefix("./").split("/")
        found = [path for path in self._named(parts[-1], files) if _runs_through(path.parts, parts)]
        return found[0] if len(found) == 1 else None

    def has_file(self, name: str, files: Files) -> bool:
        """Whether a file of this name is somewhere in the tree."""
        return next(self._named(name, files), None) is not None

    def _named(self, name: str, files: Files) -> Iterator[Path]:
        """The files of a name; only so many folders are looked into."""
        pending, seen = [self.root], 0
        while pending and seen < _FOLDERS:
            folder = pending.pop()
            seen += 1
            for entry in files.entries(folder):
                if entry == name:
                    yield folder / entry
                elif "." not in entry and entry not in _OTHERS:
                    pending += [folder / entry] if files.is_dir(folder / entry) else []

    def above(self, folder: Path) -> Iterator[Path]:
        """The folder and those above it, up to the root."""
        for place in (folder, *folder.parents):
            if not place.is_relative_to(self.root):
                return
            yield place


def _runs_through(longer: tuple[str, ...], shorter: list[str]) -> bool:
    """Whether the parts of one path stand in another one in this order."""
    rest = iter(longer)
    return all(part in rest for part in shorter)


def _last(url: str) -> str:
    return url.rstrip("/").removesuffix(".git").rpartition("/")[2].rpartition(":")[2]


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")
