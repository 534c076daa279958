"""The process that the command line is: all of its output arrives, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

JOBS = 400
BROKEN = "[ ] python there_is_no_such_script.py run={0}\n"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trainlint", *words], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_a_long_report_arrives_whole_in_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "jobs.txt").write_text("".join(map(BROKEN.format, range(JOBS))))
    ended = run(tmp_path, "check", "--output-format", "concise", "jobs.txt")
    assert ended.returncode == 1
    assert sum("TL2" in line or "TL1" in line for line in ended.stdout.splitlines()) == JOBS
    assert ended.stderr == ""


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["check", "--no-such"], 2), (["check"], 2)])
def test_the_exit_code_is_the_one_that_was_asked_for(tmp_path: Path, words: list[str], code: int) -> None:
    ended = run(tmp_path, *words)
    assert ended.returncode == code
    assert ended.stdout or ended.stderr


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "jobs.txt").write_text(BROKEN.format(0))
    command = [sys.executable, "-m", "trainlint", "check", "jobs.txt"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    assert process.wait(60) != 0
    process.stderr.close()
    assert b"Traceback" not in complaint
