"""`trainlint list`: which launches it names, where, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.cli.conftest import Run


def test_each_launch_has_a_line(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py lr=1\n\n[x] python gone.py\n")
    printed = run("list", ".")
    assert printed.code == 0
    assert printed.out == (
        "jobs.txt:1 python train.py lr=1\njobs.txt:3 python gone.py\n2 launches in 1 file\n"
    )


def test_nothing_found_is_said(project: Path, run: Run) -> None:
    printed = run("list", ".")
    assert (printed.code, printed.out) == (2, "0 launches in 0 files\n")
    assert "no launch was found" in printed.err
    assert run("list", "--allow-empty", ".").code == 0


def test_a_missing_path_is_said(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py\n")
    printed = run("list", "absent", "jobs.txt")
    assert printed.code == 2
    assert printed.err == "error: absent: no such file or directory\n"
    assert printed.out.startswith("jobs.txt:1 ")


def test_json(project: Path, run: Run) -> None:
    (project / "jobs.txt").write_text("[-] python train.py \\\n  lr=1 [123]\n")
    listing = json.loads(run("list", "--output-format", "json", "jobs.txt").out)
    assert listing == {
        "version": 1,
        "launches": [
            {
                "file": "jobs.txt",
                "line": 1,
                "end_line": 2,
                "command": "python train.py \\\n  lr=1",
                "marker": "running",
                "form": "job list",
                "via": [],
            }
        ],
        "not_read": [],
    }


def test_a_command(project: Path, run: Run) -> None:
    assert run("list", "--", "python", "train.py", "lr=1").out.endswith("1 launch in 1 file\n")
