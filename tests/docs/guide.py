"""A Markdown guide in, its code blocks with what stands in front of them out."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^(`{3,})(\w*)\s*$")
_RUN_IN = re.compile(r"^<!-- run in (\S+) -->$")
_FILE = re.compile(r"^`([^`\s]+)`:?$")


@dataclass(frozen=True)
class Block:
    """One fenced block; `lines` of the guide from `first` to `last` (exclusive) are its content.

    `folder` is the project in a copy of which its commands run, `file` the path that labels it.
    """

    language: str
    heading: str
    first: int
    last: int
    content: str
    folder: str | None = None
    file: str | None = None


def guides() -> list[Path]:
    """Every guide that people wrote; the pages of rules are tested where they come from."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(text: str) -> list[Block]:
    """The blocks of a guide in order."""
    found: list[Block] = []
    lines = text.splitlines()
    heading, label, index = "", "", 0
    while index < len(lines):
        fence = _FENCE.match(lines[index])
        if fence is None:
            heading = lines[index] if lines[index].startswith("#") else heading
            label = lines[index].strip() or label
            index += 1
            continue
        first = index + 1
        last = next(row for row in range(first, len(lines)) if lines[row].rstrip() == fence[1])
        run_in, file = _RUN_IN.match(label), _FILE.match(label)
        content = "".join(f"{line}\n" for line in lines[first:last])
        folder = run_in[1] if run_in else None
        found.append(Block(fence[2], heading, first, last, content, folder, file[1] if file else None))
        label, index = "", last + 1
    return found


def console(block: Block, files: dict[str, str], scratch: Path, python: str = sys.executable) -> str:
    """What a console block looks like when its commands are run in a copy of its project.

    `files` are written into the copy first: the labelled blocks in front of it under the same heading.
    """
    assert block.folder is not None
    project = scratch / Path(block.folder).name
    shutil.copytree(ROOT / block.folder, project, ignore=shutil.ignore_patterns("__pycache__", "*.npy"))
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    commands = [line[2:] for line in block.content.splitlines() if line.startswith("$ ")]
    return "".join(
        f"$ {command}\n{shell(command, project, subprocess.STDOUT, python).stdout}" for command in commands
    )


def shell(
    command: str, folder: Path, errors: int = subprocess.PIPE, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """A command line in bash, where `trainlint` is that of this checkout and `python` as given."""
    entry = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from trainlint.cli.main import main; main()"
    defined = f'trainlint() {{ "{sys.executable}" -c "{entry}" "$@"; }}; python() {{ "{python}" "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", defined + command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        check=False,
    )


def files_in_front(block: Block, all_blocks: list[Block]) -> dict[str, str]:
    """The labelled blocks under the same heading that come before a block."""
    return {
        other.file: other.content
        for other in all_blocks
        if other.file and other.heading == block.heading and other.first < block.first
    }
