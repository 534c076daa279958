"""A copied folder with links to large files in; links that become files before they are written to out."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_APPEND


def guard(root: str) -> None:
    """From here on a linked file below `root` that is opened for writing becomes a copy of its own first."""

    def heard(event: str, args: tuple[object, ...]) -> None:
        # An open file is opened once more by its number, which is no place.
        if event == "open" and isinstance(args[0], str | bytes):
            _, mode, flags = args
            writes = isinstance(flags, int) and flags & _WRITING
            if writes or (isinstance(mode, str) and set(mode) & set("wa+x")):
                _own(os.fsdecode(args[0]), root)

    sys.addaudithook(heard)


def _own(path: str, root: str) -> None:
    place = Path(os.path.abspath(path))
    if not place.is_relative_to(root):
        return
    linked = next((part for part in (place, *place.parents) if part.is_symlink()), None)
    if linked is None or not linked.is_relative_to(root):
        return
    target = linked.resolve()
    linked.unlink()
    if target.is_dir():
        shutil.copytree(target, linked, symlinks=True)
    elif target.is_file():
        shutil.copy2(target, linked)
