"""The text of a regular expression in, one that is compiled when it is first asked for something out.

Compiling takes 0.1 to 2 ms. The modules that a check of one launch needs hold two hundred expressions, and it
asks only a third of them for anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any


class _Deferred:
    """Stands for a compiled expression; each of its methods is looked up once and then an attribute here."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


if TYPE_CHECKING:
    regex = re.compile
else:
    regex = _Deferred
