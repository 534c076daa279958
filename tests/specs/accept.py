"""Rewrites the expect blocks of the spec pages with what the command prints now; a reader decides.

Usage: python -m tests.specs.accept [CODE ...]; without a code the fixtures' expected outputs too.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.fixtures import expected
from tests.specs.page import all_pages, read_page
from tests.specs.runner import run_case


def accept(path: Path) -> int:
    """Rewrite one page; the number of its blocks that changed."""
    page = read_page(path)
    changed = 0
    for case in reversed(page.cases):
        if case.block is None:
            sys.stderr.write(f"{path}:{case.line}: this case has no expect block\n")
            continue
        with tempfile.TemporaryDirectory() as folder:
            printed = run_case(case, page.code, Path(folder).resolve())
        if printed != case.expected:
            page.lines[slice(*case.block)] = printed
            changed += 1
    if changed:
        temporary = path.with_suffix(".new")
        temporary.write_text("\n".join(page.lines) + "\n", "utf-8")
        os.replace(temporary, path)
    return changed


def main() -> None:
    """Rewrite the pages of the codes given, or all."""
    wanted = tuple(sys.argv[1:])
    for path in all_pages():
        if not wanted or path.stem.startswith(wanted):
            changed = accept(path)
            if changed:
                sys.stdout.write(f"{path.name}: {changed} expect blocks rewritten\n")
    for file in [] if wanted else expected.accept():
        sys.stdout.write(f"{file.relative_to(Path.cwd())} rewritten\n")


if __name__ == "__main__":
    main()
