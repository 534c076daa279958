"""Rewrites the console blocks of the guides with what their commands print now; a reader decides.

Usage: python -m tests.docs.accept
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.guide import blocks, console, files_in_front, guides


def accept(path: Path) -> int:
    """Rewrite one guide; the number of its blocks that changed."""
    text = path.read_text("utf-8")
    lines, found, changed = text.splitlines(), blocks(text), 0
    for block in reversed(found):
        if block.language == "console" and block.folder:
            with tempfile.TemporaryDirectory() as scratch:
                printed = console(block, files_in_front(block, found), Path(scratch))
            changed += printed != block.content
            lines[block.first : block.last] = printed.splitlines()
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return changed


if __name__ == "__main__":
    for guide in guides():
        count = accept(guide)
        if count:
            sys.stdout.write(f"{guide.name}: {count} console blocks rewritten\n")
