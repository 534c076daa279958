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
            if not library and f"{os.sep}torch{os.sep}" not in file:
                library = f"{file}:{frame.f_lineno}"
        if frame.f_back is None:
            break
        frame = frame.f_back
    return library


def _is_library(file: str) -> bool:
    return file.startswith(_LIBRARIES) or "site-packages" in file or "dist-packages" in file
