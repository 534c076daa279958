"""The stack in, the line of the program that is at work out."""

from __future__ import annotations

import os
import sys
import sysconfig

_OWN = os.path.dirname(os.path.abspath(__file__))
_LIBRARIES = tuple(
    {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def site() -> str:
    """`file:line` of the innermost frame of the program itself, else of the innermost library but torch."""
    frame, library = sys._getframe(1), ""
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_OWN, "<")):
            if not _is_library(file):
                return f"{file}:{frame.f_lineno}"
            if not library and not is_torch(file):
                library = f"{file}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return library


def is_torch(file: str) -> bool:
    """Whether a file is one of torch's own."""
    return f"{os.sep}torch{os.sep}" in file and _is_library(file)


def is_called_by_torch() -> bool:
    """Whether what calls a watched function is torch itself."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OWN):
        frame = frame.f_back
    return is_torch(frame.f_code.co_filename)


def _is_library(file: str) -> bool:
    return file.startswith(_LIBRARIES) or "site-packages" in file or "dist-packages" in file
