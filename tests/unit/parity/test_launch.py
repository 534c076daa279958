"""Real processes: limits hold, nothing is left running, and what was said is kept."""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path

import pytest

from trainlint.parity.launch import Ended, LaunchError, Limits, Start, run

LIMITS = Limits(20, 4 << 30)


def ran(program: str, folder: Path, limits: Limits = LIMITS) -> Ended:
    return run(Start([sys.executable, "-c", program], folder, os.environ), folder / "scratch", limits)


def is_running(process: int) -> bool:
    try:
        text = Path("/proc", str(process), "stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def test_what_was_said_and_the_exit_code(tmp_path: Path) -> None:
    ended = ran("import sys; print('out'); print('bad', file=sys.stderr); sys.exit(7)", tmp_path)
    assert (ended.code, ended.reason, ended.output, ended.last_lines) == (7, "", "out\n", "bad")


def test_a_program_that_asks_gets_nothing(tmp_path: Path) -> None:
    assert "EOFError" in ran("input('name? ')", tmp_path).last_lines


def test_time_runs_out(tmp_path: Path) -> None:
    began = time.monotonic()
    ended = ran("import time; time.sleep(60)", tmp_path, Limits(0.5, 4 << 30))
    assert "longer than 0.5 s" in ended.reason
    assert time.monotonic() - began < 30


def test_who_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    assert ran(deaf, tmp_path, Limits(1.0, 4 << 30)).code == -9


def test_memory_runs_out(tmp_path: Path) -> None:
    hungry = "import time; held = bytearray(300 << 20); time.sleep(60)"
    assert "more than 100 MB" in ran(hungry, tmp_path, Limits(20, 100 << 20)).reason


def test_children_are_ended_too(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)\n"
    )
    child = int(ran(parent, tmp_path).output)
    assert not is_running(child)


def test_what_is_no_text_is_survived(tmp_path: Path) -> None:
    assert "�" in ran("import sys; sys.stdout.buffer.write(bytes(range(256)))", tmp_path).output


def test_what_is_laid_over_a_folder_is_there_for_the_next_run(tmp_path: Path) -> None:
    folder, upper = tmp_path / "project", tmp_path / "upper"
    folder.mkdir()
    for number, program in enumerate(("open('new', 'w').write('text')", "print(open('new').read())")):
        start = Start([sys.executable, "-c", program], folder, os.environ, [(folder, upper)])
        try:
            ended = run(start, tmp_path / str(number), LIMITS)
        except LaunchError as refused:
            # A container may not allow it; runs are made in copies then.
            warnings.warn(f"no writes were laid over a folder here: {refused}", stacklevel=1)
            return
        assert ended.code == 0, ended.errors
    assert ended.output == "text\n"
    assert list(folder.iterdir()) == []


def test_what_cannot_be_started_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="no-such-program"):
        run(Start(["no-such-program"], tmp_path, os.environ), tmp_path / "scratch", LIMITS)
