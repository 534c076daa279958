"""Folders in, a view of this process's own onto them out: what is written there lands somewhere else.

The kernel lays a folder for what is written over the real one (overlayfs, in a mount namespace of this
process and of what it starts). Nothing is copied, absolute paths and programs in any language included.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
_RECURSIVE, _PRIVATE = 0x4000, 0x40000
#: What separates the options of a mount.
_SPECIAL = set(",:\\")


def laid_over(folders: Sequence[tuple[str, str]]) -> str:
    """Let what is written below each folder land in the second of its pair; what was refused, or nothing."""
    try:
        own_user = _apart()
        for folder, upper in folders:
            _overlay(folder, Path(upper), "userxattr" if own_user else "index=off")
    except OSError as error:
        return str(error)
    return ""


def _apart() -> bool:
    """Give this process mounts of its own; whether it had to become its own root for that."""
    user, group, own_user = os.getuid(), os.getgid(), False
    try:
        _call("unshare", _NEW_MOUNTS)
    except OSError:
        own_user = True
        _call("unshare", _NEW_USER | _NEW_MOUNTS)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", None, b"/", None, ctypes.c_ulong(_RECURSIVE | _PRIVATE), None)
    return own_user


def _overlay(folder: str, upper: Path, how: str) -> None:
    work = upper.with_name(f"{upper.name}.work")
    for place in (upper, work):
        place.mkdir(parents=True, exist_ok=True)
    if _SPECIAL & set(f"{folder}{upper}"):
        raise OSError(f"the kernel takes no such name: {folder}")
    # What a user may do to a folder is decided by the mode of the upper one.
    upper.chmod(os.stat(folder).st_mode & 0o7777)
    options = f"lowerdir={folder},upperdir={upper},workdir={work},{how}"
    _call("mount", b"overlay", os.fsencode(folder), b"overlay", ctypes.c_ulong(0), os.fsencode(options))


def _call(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
