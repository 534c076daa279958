"""A side's working directory in, a copy of it that the run may write into out.

Small files are copied, large ones linked: a run that opens a linked file for writing is given a copy of its
own by the probe first. What a run would not read is left out.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: What no training run reads, or makes anew.
_LEFT_OUT = {".git", "__pycache__", ".venv", "venv", "node_modules", ".mypy_cache", ".pytest_cache", "wandb"}
#: Larger files are linked.
_COPIED = 4 << 20
#: Of these folders' files a program reads few; more are not looked at one by one.
_FILES = 50_000


class WorkspaceError(Exception):
    """A working directory that cannot be copied, and what to do instead."""


def copied(source: Path, target: Path) -> None:
    """Make a copy of a folder; symbolic links stay what they are, and lead where they led."""
    count = 0
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        here.mkdir(parents=True, exist_ok=True)
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in _LEFT_OUT and name not in linked]
        count += len(files)
        if count > _FILES:
            raise WorkspaceError(
                f"{source} has more than {_FILES} files: run from a smaller folder (--ref-cwd, --new-cwd), "
                "or --in-place"
            )
        for name in [*files, *linked]:
            _placed(Path(folder) / name, here / name)


def _placed(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.resolve())
    elif source.is_file():
        if source.stat().st_size > _COPIED:
            target.symlink_to(source.resolve())
        else:
            shutil.copy2(source, target)
