"""Inputs that nobody should have written: a clear word, the right exit code, the others still checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "[ ] python train.py lr=0.2\n"


def check(folder: Path, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, so that a hang or a crash is seen as one."""
    command = [sys.executable, "-m", "trainlint", "check", "--output-format", "json", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds, env=environment
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def codes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [entry["code"] for entry in json.loads(done.stdout)["diagnostics"]]


def verdicts(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [launch["verdict"] for launch in json.loads(done.stdout)["launches"]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x7fELF\x00\x00[ ] python train.py", "binary"),
        ("[ ] python train.py +n=é".encode("latin-1"), "not UTF-8"),
        ("[ ] python train.py".encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_list_that_is_no_text_does_not_hide_the_next(project: Path, data: bytes, reason: str) -> None:
    (project / "jobs-a.txt").write_bytes(data)
    (project / "jobs-b.txt").write_text(GOOD)
    done = check(project, "jobs-a.txt", "jobs-b.txt")
    assert done.returncode == 1
    assert codes(done) == ["TL001"]
    assert reason in json.loads(done.stdout)["diagnostics"][0]["message"]
    assert verdicts(done) == ["pass"]


def test_a_huge_list_is_refused_at_once(project: Path) -> None:
    with (project / "jobs.txt").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    done = check(project, "jobs.txt", seconds=20)
    assert done.returncode == 1
    assert codes(done) == ["TL001"]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(project: Path) -> None:
    (project / "jobs.txt").write_bytes(
        b"\xef\xbb\xbf[ ] python train.py lr=0.2\r\n[ ] python train.py lr=0.3\r\n"
    )
    done = check(project, "jobs.txt")
    assert verdicts(done) == ["pass", "pass"], done.stdout


def test_one_line_of_megabytes(project: Path) -> None:
    (project / "jobs.txt").write_text("[ ] python train.py +note=" + "a" * 3_000_000 + "\n" + GOOD)
    done = check(project, "jobs.txt")
    assert verdicts(done)[-1] == "pass"


@pytest.mark.parametrize(
    "line",
    [
        "[ ] python train.py 'lr=0.2",
        '[ ] python train.py "lr=0.2',
        "[ ] python train.py lr=$(echo",
        "[ ] python train.py lr=${LR",
        "[ ] python train.py lr=`date",
        "[ ] python train.py lr=0.2 \\",
    ],
)
def test_an_unclosed_quote_or_bracket_costs_only_its_own_job(project: Path, line: str) -> None:
    (project / "jobs.txt").write_text(f"{GOOD}{line}\n{GOOD.replace('0.2', '0.3')}")
    done = check(project, "jobs.txt")
    assert done.returncode == 1
    assert "TL002" in codes(done)
    assert verdicts(done)[0] == "pass"
    assert verdicts(done)[-1] == "pass"


@pytest.mark.parametrize(
    "line",
    [
        "[?] python train.py",
        "[ ]",
        "[ ] ",
        "[ ] \\",
        "[ ] #",
        "[ ] &&",
        "[ ] | | |",
        "[ ] > out.txt",
        "[ ] A=1",
        "[ ] cd nowhere",
        "[ ] \x1b[31mpython train.py\x1b[0m",
        "[ ] python",
        "[ ] python -m",
        "[ ] python -m train.py",
        "[ ] python -c 'print(1)'",
        "[ ] torchrun",
        "[ ] torchrun --nproc-per-node",
        "[ ] python train.py =",
        "[ ] python train.py ==",
        "[ ] python train.py ''",
        "[ ] python train.py +",
        "[ ] python train.py ~",
        "[ ] python train.py @",
        "[ ] python train.py a.b.=1",
        "[ ] python train.py .a=1",
        "[ ] python train.py lr=" + "[" * 3000,
        "[ ] python train.py lr=" + "[" * 200 + "]" * 200,
        "[ ] python train.py lr=" + "${a" * 2000,
        "[ ] python train.py " + "{a,b}" * 40,
        "[ ] " + "nohup " * 3000 + "python train.py",
        "[ ] python ../../../../../../../../../etc/passwd",
        "[ ] python /dev/zero",
        "[ ] python config",
        "[ ] python train.py --config-path /dev --config-name zero",
        "[ ] python train.py --config-name ../../../../../../../../dev/zero",
        "[ ] python train.py --config-dir /dev/null",
        "[ ] python train.py hydra.searchpath=[/dev/zero]",
        "[ ] python train.py -m lr=range(1,100000000)",
        "[ ] python train.py -m lr=range(0,inf)",
        "[ ] python train.py -m " + " ".join(f"+k{i}=1,2,3,4,5" for i in range(20)),
    ],
)
def test_odd_jobs_end_with_a_word_and_not_with_a_crash(project: Path, line: str) -> None:
    (project / "jobs.txt").write_text(f"{line}\n{GOOD}")
    done = check(project, "jobs.txt", seconds=30)
    assert done.returncode in (0, 1), done.stderr
    assert verdicts(done)[-1] == "pass"


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bomb", BOMB),
        ("self anchor", "a: &a [*a]\nlr: 1\n"),
        ("self map", "a: &a\n  b: *a\nlr: 1\n"),
        ("deep flow", "a: " + "[" * 5000 + "]" * 5000 + "\nlr: 1\n"),
        ("deep maps", "".join("  " * i + f"k{i}:\n" for i in range(400)) + "lr: 1\n"),
        ("tab", "a:\n\tb: 1\n"),
        ("list", "- lr\n"),
        ("scalar", "lr\n"),
        ("two documents", "lr: 1\n---\nlr: 2\n"),
        ("python tag", "lr: !!python/object/apply:os.system ['true']\n"),
        ("unknown alias", "lr: *nowhere\n"),
        ("control characters", "lr: \x07\n"),
        ("self default", "defaults:\n  - cfg\nlr: 1\n"),
        ("default of a default", "defaults:\n  - other\nlr: 1\n"),
        ("defaults no list", "defaults: 3\nlr: 1\n"),
        ("odd defaults", "defaults:\n  - 3\n  - [a]\n  - {a: b, c: d}\n  - null\nlr: 1\n"),
        ("cyclic interpolation", "lr: ${a}\na: ${b}\nb: ${a}\n"),
        ("interpolation of itself", "lr: ${lr}\n"),
        ("unclosed interpolation", "lr: ${a\n"),
        ("nested interpolation", "lr: " + "${" * 300 + "a" + "}" * 300 + "\n"),
        ("empty key", "? \n: 1\nlr: 1\n"),
        ("complex key", "? [a, b]\n: 1\nlr: 1\n"),
        ("null key", "null: 1\nlr: 1\n"),
    ],
)
def test_odd_configs_end_with_a_word_and_not_with_a_crash(project: Path, name: str, text: str) -> None:
    (project / "config" / "odd.yaml").write_text(text)
    (project / "config" / "other.yaml").write_text("defaults:\n  - odd\n")
    (project / "jobs.txt").write_text(f"[ ] python train.py -cn odd\n{GOOD}")
    done = check(project, "jobs.txt", seconds=30)
    assert done.returncode in (0, 1), done.stderr
    assert verdicts(done)[-1] == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = " + "(" * 3000 + ")" * 3000 + "\n",
        "x = " + "-" * 20000 + "1\n",
        "\x00",
        "match = 1\nprint(match\n",
        "import train\n",
        "from train import *\n",
        "from . import x\n",
        "import os.nothing.such\n",
        "# -*- coding: latin-1 -*-\n",
        "# -*- coding: nonsense -*-\n",
        "class A(A): pass\n",
    ],
)
def test_odd_scripts_end_with_a_word_and_not_with_a_crash(project: Path, text: str) -> None:
    (project / "odd.py").write_bytes(text.encode())
    (project / "jobs.txt").write_text(f"[ ] python odd.py\n{GOOD}")
    done = check(project, "jobs.txt", seconds=30)
    assert done.returncode in (0, 1), done.stderr
    assert verdicts(done)[-1] == "pass"


def test_cycles_of_links_are_walked_once(project: Path) -> None:
    (project / "jobs.txt").write_text(GOOD)
    (project / "loop").symlink_to(project, target_is_directory=True)
    (project / "config" / "loop").symlink_to(project / "config", target_is_directory=True)
    (project / "a").symlink_to(project / "b")
    (project / "b").symlink_to(project / "a")
    done = check(project, ".")
    assert verdicts(done) == ["pass"]


def test_a_list_that_is_a_broken_link_or_a_pipe(project: Path) -> None:
    (project / "jobs.txt").write_text(GOOD)
    (project / "gone.txt").symlink_to(project / "nowhere.txt")
    os.mkfifo(project / "jobs-pipe.txt")
    done = check(project, "gone.txt", "jobs-pipe.txt", "jobs.txt", seconds=20)
    assert done.returncode == 2
    assert "gone.txt: no such file or directory" in done.stderr
    assert "TL001" in codes(done)
    assert verdicts(done) == ["pass"]
    assert verdicts(check(project, ".", seconds=20)) == ["pass"]


def test_a_file_named_in_no_encoding(project: Path) -> None:
    name = os.fsdecode(b"jobs-\xff.txt")
    (project / name).write_text("[ ] python train.py rate=1\n")
    done = check(project, ".")
    assert codes(done) == ["TL303"]
