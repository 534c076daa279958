"""Programs that misbehave in every way: a verdict all the same, nothing left running, nothing left behind.

Most of them never import torch: what they do to whoever runs them needs none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.parity.runs import ROOT
from tests.training.mounts import run_on
from trainlint.parity.launch import Limits
from trainlint.parity.probe.plan import Plan
from trainlint.parity.sides import Side
from trainlint.parity.trial import tried

#: A variable that every process of a run inherits, so that those that outlive it can be found.
MARK = "TRAINLINT_TEST_MARK"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A folder to run in; afterwards nothing has come to it, nothing is left running or in the way."""
    folder, temporary = tmp_path / "project", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    yield folder
    assert marked(str(tmp_path)) == []
    assert list(temporary.iterdir()) == []
    assert [way for way in Path("/tmp").glob("tl-*/t") if str(way.readlink()).startswith(str(tmp_path))] == []


def marked(mark: str) -> list[str]:
    """The command lines of the processes that were started with a mark."""
    return [
        seen(entry / "cmdline").decode("utf-8", "replace")
        for entry in Path("/proc").iterdir()
        if f"{MARK}={mark}\0".encode() in seen(entry / "environ")
    ]


def seen(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def heedful() -> None:
    """Heed what a shell lets programs in the background ignore."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def begun(project: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "TMPDIR": str(project.parent / "temporary"),
        MARK: str(project.parent),
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "trainlint", "parity", *words],
        cwd=project,
        env=environment,
        preexec_fn=heedful,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def ran(project: Path, program: str, *words: str, **variables: str) -> tuple[int, str]:
    """Run a program beside itself: the exit code and the report; the program's folder stays as it was."""
    (project / "train.py").write_text(program)
    before = state(project)
    process = begun(project, "train.py", "train.py", *words, **variables)
    output, errors = process.communicate(timeout=170)
    assert "Traceback" not in errors, errors
    assert state(project) == before
    return process.returncode, output + errors


def state(folder: Path) -> Mapping[str, tuple[int, bytes]]:
    """What a folder holds."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import os\nprint('so far', flush=True)\nos._exit(0)", "so far"),
        ("open('corpus.bin')", "No such file or directory: 'corpus.bin'"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("for _ in range(20_000): print('x' * 99)\nraise ValueError('at last')", "at last"),
        ("print('x' * 2_000_000)", "no optimizer of torch was made"),
        ("import sys\nsys.stderr.buffer.write(b'caf\\xe9 \\x00\\x1b[31m')\nsys.exit(4)", "exit code 4"),
        ("import os\nos.kill(0, 15)", "ended by signal 15"),
        ("import shutil, os\nshutil.rmtree(os.getcwd(), True)\nopen(__file__)", "No such file or directory"),
        ("import os\nos.chdir('/')\nraise SystemExit('elsewhere')", "elsewhere"),
        ("import sys\nsys.stdout.close()\nsys.stderr.close()", "exit code 0"),
    ],
)
def test_a_program_that_gives_up_is_told_with_its_last_lines(project: Path, program: str, said: str) -> None:
    code, report = ran(project, program, "--timeout", "60")
    assert code == 2
    assert "inconclusive" in report
    assert "\n   do         " in report
    assert said in report


DEAF = "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
DAEMON = """\
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(99)"])
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (DEAF + "print('deaf', flush=True)\ntime.sleep(99)", "longer than 2 s"),
        (DAEMON, "what it had started went on and was ended"),
        (DAEMON + "time.sleep(99)", "longer than 2 s"),
        (
            "import subprocess, time\n"
            "subprocess.Popen(['sh', '-c', 'trap \"\" TERM; sleep 99 & wait'], start_new_session=True)\n"
            "time.sleep(99)",
            "longer than 2 s",
        ),
        (
            "import multiprocessing, time\n"
            "workers = [multiprocessing.Process(target=time.sleep, args=(99,)) for _ in range(3)]\n"
            "for worker in workers: worker.start()\n"
            "raise ValueError('in the parent')",
            "in the parent",
        ),
        (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()",
            "longer than 2 s",
        ),
        ("import atexit, time\natexit.register(time.sleep, 99)", "longer than 2 s"),
        ("import os\nwhile True: os.write(1, b'y' * (1 << 20))", "to its output"),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nsignal.pause()", "ended from outside"),
    ],
)
def test_whatever_goes_on_is_ended(project: Path, program: str, said: str) -> None:
    code, report = ran(project, program, "--timeout", "2")
    assert code == 2
    assert said in report
    assert "\n   do         " in report or report.startswith("error: ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_who_ends_trainlint_ends_the_runs(project: Path, number: signal.Signals) -> None:
    (project / "train.py").write_text(DEAF + "open('started', 'w')\ntime.sleep(99)")
    process = begun(project, "train.py", "train.py")
    while not is_started(project.parent / "temporary"):
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(number)
    assert process.wait(60) == (-number if number == signal.SIGKILL else 128 + number)
    process.communicate()
    if number == signal.SIGKILL:
        # Nobody is left to wait for: the keeper notices, ends the program and removes its folder.
        deadline = time.monotonic() + 60
        while any((project.parent / "temporary").iterdir()) and time.monotonic() < deadline:
            time.sleep(0.1)
    assert [path.name for path in project.iterdir()] == ["train.py"]


def is_started(folder: Path) -> bool:
    return any("started" in files for _, _, files in os.walk(folder))


#: A program that makes updates without end, as `train`.
TRAIN = """
import multiprocessing, os, threading, time, torch
def train(tries=None):
    torch.manual_seed(7)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    while True:
        try:
            optimizer.zero_grad()
            model(torch.randn(8, 4)).sum().backward()
            optimizer.step()
        except BaseException:
            if tries is None:
                raise
            if tries == 0:
                break
"""


#: The network itself is never called.
FUNCTIONAL = """
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), 0.1)
while True:
    optimizer.zero_grad()
    torch.nn.functional.linear(torch.ones(8, 4), model.weight, model.bias).sum().backward()
    optimizer.step()
"""


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("train(tries=9)", "stopped as planned"),
        ("train(tries=0)\ntime.sleep(600)", "did not end within 15 s after its last update"),
        ("threading.Thread(target=train).start()", "stopped as planned"),
        (
            "child = multiprocessing.get_context('fork').Process(target=train)\nchild.start()\nchild.join()",
            "stopped as planned",
        ),
        ("if os.fork() == 0:\n    os.setsid()\n    train()\nos.wait()", "stopped as planned"),
        (FUNCTIONAL, "stopped as planned"),
    ],
    ids=[
        "catches all",
        "goes on to wait",
        "in a thread",
        "in a child",
        "in another session",
        "without a pass",
    ],
)
def test_a_run_stops_wherever_it_trains(tmp_path: Path, ending: str, said: str) -> None:
    script = tmp_path / "project" / "train.py"
    script.parent.mkdir()
    script.write_text(TRAIN + ending)
    side = Side("reference", script, (), script.parent, (("OMP_NUM_THREADS", "1"),), sys.executable)
    trial = tried("reference", side, Plan(steps=2), Limits(170, 8 << 30), tmp_path / "run", in_place=False)
    assert (trial.updates, trial.is_stopped) == (2, True), trial.ended.errors
    assert trial.ending.startswith(f"it {said}" if said.startswith("did") else said)


WRITES = """\
import os, subprocess, sys
open("relative.txt", "w").write("1")
os.makedirs("deep/er")
open(sys.argv[1], "w").write("2")
open("large.bin", "r+b").write(b"seen")
os.chdir("deep")
open("../beside.txt", "a").write("3")
os.remove("../notes.txt")
open(os.environ["KNOWN"] + "/absolute.txt", "w").write("4")
"""


@pytest.mark.parametrize("name", ["project", "pro,ject"], ids=["laid over where possible", "copied"])
def test_what_a_run_writes_does_not_reach_its_folder(tmp_path: Path, name: str) -> None:
    folder, temporary = tmp_path / name, tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    (folder / "large.bin").write_bytes(bytes(5 << 20))
    (folder / "notes.txt").write_text("kept")
    code, report = ran(folder, WRITES, "--args", f"'{folder}/given.txt'", "--env", f"KNOWN={folder}")
    assert code == 2
    assert "exit code 0" in report
    assert list(temporary.iterdir()) == []


#: What a worker of a DataLoader does first.
LISTENS = """\
import os, socket, tempfile
folder = tempfile.mkdtemp(prefix="pymp-")
socket.socket(socket.AF_UNIX).bind(os.path.join(folder, "listener-12345678"))
raise SystemExit("reached")
"""


def test_a_long_folder_for_temporary_files_leaves_room_for_sockets(project: Path) -> None:
    deep = project.parent / "temporary" / ("x" * 90)
    deep.mkdir()
    code, report = ran(project, LISTENS, TMPDIR=str(deep))
    assert code == 2
    assert "reached" in report
    assert list(deep.iterdir()) == []
    deep.rmdir()


def test_a_disk_without_room_for_the_runs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "disk"
    (tmp_path / "train.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = str(tmp_path / "train.py")
    ended = run_on("size=8k", place, sys.executable, "-m", "trainlint", "parity", script, script)
    if ended is not None:
        said = f"error: {place} has no room left for what runs write: set TMPDIR to a folder with more\n"
        assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", said)
        assert list((tmp_path / "disk.kept").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--report", "train.py"], "--report train.py: it is a program, which would be overwritten"),
        (["--report", "none/page.html"], "--report none/page.html: it is no file in a folder that is there"),
        (["--record", "train.py"], "train.py cannot be recorded in: it is a program"),
        (["--record", "train.py/kept"], "train.py/kept cannot be recorded in: it is no file in a folder"),
        (["--against", "train.py"], "train.py is no recording of trainlint: record it again with --record"),
    ],
)
def test_files_that_cannot_be_what_is_asked_are_named_before_anything_runs(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "train.py").write_text("open('/nowhere/it/ran')")
    programs = ["train.py"] * (2 if words[0] == "--report" else 1)
    (tmp_path / "temporary").mkdir()
    before = state(tmp_path)
    process = begun(tmp_path, *words, *programs, TMPDIR=str(tmp_path / "temporary"))
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert said in errors
    assert "Traceback" not in errors
    assert state(tmp_path) == before


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("raise SystemExit(3)")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    _, errors = begun(tmp_path, "train.py", "train.py", "--report", "pipe").communicate(timeout=60)
    assert errors == ""
    assert os.read(reader, 1 << 16).startswith(b"<!DOCTYPE html>")
    os.close(reader)
    assert pipe.is_fifo()


def test_what_reaches_a_copied_folder_all_the_same_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "pro,ject"
    folder.mkdir()
    (tmp_path / "temporary").mkdir()
    (folder / "train.py").write_text(f"open({str(folder / 'new.txt')!r}, 'w').write('1')")
    report, _ = begun(folder, "train.py", "train.py").communicate(timeout=170)
    assert "in the folder itself it wrote new.txt, by an absolute path" in report
