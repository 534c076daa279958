"""A folder in, the files below it that may hold launches out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trainlint.engine.ignored import Ignored
from trainlint.facts.settings import Settings
from trainlint.parse.launch_texts import may_hold_launches
from trainlint.source import Files

#: Folders that never hold launches of the project: environments, vendored code, what runs leave behind.
_SKIPPED = frozenset(
    {
        *("__pycache__", "node_modules", "site-packages", "venv", "virtualenv"),
        *("third_party", "third-party", "thirdparty", "3rdparty", "vendor", "vendored", "_vendor"),
        *("wandb", "outputs", "multirun", "mlruns", "lightning_logs"),
    }
)
#: The one hidden folder that holds launches: workflows.
_HIDDEN = frozenset((".github",))


def candidates(folder: Path, files: Files, settings: Settings) -> Iterator[Path]:
    """Files whose name allows launches, in the order of their paths; linked folders are not entered."""
    ignored = Ignored(files)
    pending = [folder]
    while pending:
        current = pending.pop()
        below: list[Path] = []
        for name in files.entries(current):
            path = current / name
            if name.startswith(".") and name not in _HIDDEN:
                continue
            if files.is_dir(path):
                if _is_entered(path, files) and not _left_out(path, files, settings) and path not in ignored:
                    below.append(path)
            elif may_hold_launches(path) and not _left_out(path, files, settings) and path not in ignored:
                yield path
        pending += reversed(below)


def _left_out(path: Path, files: Files, settings: Settings) -> bool:
    """Whether the user's patterns name a path."""
    return any(settings.covers(pattern, files.display(path)) for pattern in settings.exclude)


def _is_entered(folder: Path, files: Files) -> bool:
    """Whether a folder may hold a project's own launches: no environment, no other repository, no link."""
    marks = ("pyvenv.cfg", "conda-meta", ".git")
    foreign = folder.name in _SKIPPED or any(files.kind(folder / mark) is not None for mark in marks)
    return not foreign and not files.is_link(folder)
