"""A side's folder in, a place where a run may write what it wants out; the folder itself stays as it is.

Where the kernel allows it, writes are laid over the folder, which keeps its place (`mounts.py`). Elsewhere it
is copied: small files are copied, large ones linked, and a run that opens a linked file for writing is given
a copy of its own by the probe first. What a run would not read is left out.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from trainlint.parity.launch import LaunchError, Limits, Start, run
from trainlint.record import record

#: What no training run reads, or makes anew.
_LEFT_OUT = {".git", "__pycache__", ".venv", "venv", "node_modules", ".mypy_cache", ".pytest_cache", "wandb"}
#: Larger files are linked, and all others as well once so many bytes have been copied.
_COPIED = 4 << 20
_COPIED_IN_ALL = 2 << 30
#: Of these folders' files a program reads few; more are not looked at one by one.
_FILES = 50_000
#: How many files are named.
_NAMED = 3

#: What the system says of a disk, or of someone's share of it, that takes no more.
FULL = (errno.ENOSPC, errno.EDQUOT)
_LITTLE = 1 << 16

#: What tells whether a file is still the same.
Listing = Mapping[Path, tuple[int, int]]


class WorkspaceError(Exception):
    """A folder that cannot be given to a run, and what to do instead."""


@record
class Workspace:
    """Where a run finds its folder.

    `views` are what `launch` lays over it. `copy` is the copy, empty where there is none, and `listing` what
    the folder held when it was made.
    """

    source: Path
    root: Path
    views: tuple[tuple[Path, Path], ...] = ()
    copy: str = ""
    listing: Listing | None = None

    def inside(self, text: str) -> str:
        """An argument or variable in which absolute paths below the folder lead below the copy."""
        if not self.copy:
            return text
        return re.sub(rf"(?<![\w.]){re.escape(str(self.source))}(?=/|\W|$)", lambda _: self.copy, text)

    def changed(self) -> str:
        """Which files of the folder itself a run has written, in words, or nothing."""
        if self.listing is None:
            return ""
        names = [
            path.relative_to(self.source).as_posix()
            for path, state in _listed(self.source, self.root).items()
            if self.listing.get(path) != state
        ]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{', '.join(sorted(names)[:_NAMED])}{more}" if names else ""


def prepared(source: Path, scratch: Path, *, in_place: bool) -> Workspace:
    """A place for a run in a folder."""
    if in_place:
        return Workspace(source, source)
    upper = scratch / "work"
    if not scratch.resolve().is_relative_to(source) and _can_be_laid_over(source, scratch.parent / "tried"):
        return Workspace(source, source, ((source, upper),))
    try:
        copied(source, upper)
    except OSError as error:
        raise WorkspaceError(f"{source} cannot be copied: {error}. Give --in-place, or set TMPDIR") from error
    return Workspace(source, upper, copy=str(upper), listing=_listed(source, upper))


@cache
def _can_be_laid_over(source: Path, scratch: Path) -> bool:
    """Whether the kernel allows it here."""
    if sys.platform != "linux":
        return False
    start = Start(["/bin/sh", "-c", ":"], source, {}, ((source, scratch / "work"),))
    try:
        return run(start, scratch, Limits(60, 1 << 40)).code == 0
    except LaunchError:
        return False
    finally:
        removed(scratch)


def copied(source: Path, target: Path) -> None:
    """Make a copy of a folder; symbolic links lead where they led, inside the copy if that is inside."""
    count, left = 0, _COPIED_IN_ALL
    for folder, folders, files in os.walk(source):
        here = target / Path(folder).relative_to(source)
        here.mkdir(parents=True, exist_ok=True)
        linked = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [
            name for name in folders if name not in linked and _is_wanted(Path(folder) / name, target)
        ]
        count += len(files)
        if count > _FILES:
            raise WorkspaceError(
                f"{source} has more than {_FILES} files: run from a smaller folder (--ref-cwd, --new-cwd), "
                "or --in-place"
            )
        for name in [*files, *linked]:
            left -= _placed(Path(folder) / name, here / name, (source, target), left)


def _is_wanted(folder: Path, target: Path) -> bool:
    """Whether a folder belongs into the copy, which may itself lie below what is copied."""
    return folder.name not in _LEFT_OUT and not target.is_relative_to(folder)


def _placed(source: Path, target: Path, roots: tuple[Path, Path], left: int) -> int:
    """Copy a file or link to it; how many bytes were copied."""
    if source.is_symlink():
        leads = source.resolve()
        inside = leads.is_relative_to(roots[0]) and leads != roots[0]
        target.symlink_to(roots[1] / leads.relative_to(roots[0]) if inside else leads)
    elif source.is_file():
        size = source.stat().st_size
        if size <= min(_COPIED, left):
            shutil.copy2(source, target)
            return size
        target.symlink_to(source.resolve())
    return 0


def _listed(source: Path, target: Path) -> Listing:
    """The files of a folder with their sizes and times, without those of the copy."""
    found = {}
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders if _is_wanted(Path(folder) / name, target)]
        for name in files:
            state = os.lstat(os.path.join(folder, name))
            found[Path(folder, name)] = (state.st_size, state.st_mtime_ns)
    return found


def is_crowded(scratch: Path) -> bool:
    """Whether the disk that runs write to takes no more."""
    disk = os.statvfs(scratch)
    return disk.f_blocks > 0 and disk.f_bavail * disk.f_frsize < _LITTLE


def crowded(scratch: Path) -> str:
    """What to say of a disk that takes no more."""
    return f"{scratch.parent} has no room left for what runs write: set TMPDIR to a folder with more"


def removed(folder: Path) -> None:
    """Remove a folder with all that runs and the kernel have left in it, whatever its modes say."""

    def again(function: object, path: str, _: object) -> None:
        for place in (os.path.dirname(path), path):
            if os.path.isdir(place) and not os.path.islink(place):
                os.chmod(place, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)

    if folder.exists():
        shutil.rmtree(folder, onerror=again)
