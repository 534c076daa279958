"""Programs are really run beside each other: bugs show in the phase where they belong, rewrites do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parity.programs import BUGS, REFERENCE, SAME, edited
from tests.parity.runs import parity, told


@pytest.mark.parametrize(
    ("there", "instead", "phase"), [bug[1:] for bug in BUGS], ids=[bug[0] for bug in BUGS]
)
def test_a_bug_shows_in_its_phase(tmp_path: Path, there: str, instead: str, phase: str) -> None:
    result = told(tmp_path, REFERENCE, edited([(there, instead)]), "--exact")
    assert result["verdict"] == "diverged"
    assert result["first_divergence"]["phase"] == phase


@pytest.mark.parametrize("edits", [same[1] for same in SAME], ids=[same[0] for same in SAME])
def test_a_rewrite_is_equal(tmp_path: Path, edits: list[tuple[str, str]]) -> None:
    result = told(tmp_path, REFERENCE, edited(edits))
    assert result["verdict"] == "equal", result["first_divergence"]
    assert result["summary"]["steps"] == 3


def test_what_only_rounding_explains_is_within_tolerance(tmp_path: Path) -> None:
    rounded = edited([("torch.tanh(self.inner(rows))", "(2 * torch.sigmoid(2 * self.inner(rows)) - 1)")])
    result = told(tmp_path, REFERENCE, rounded)
    assert result["verdict"] == "equal-within-tolerance", result["first_divergence"]


def test_a_small_bug_is_more_than_rounding(tmp_path: Path) -> None:
    result = told(tmp_path, REFERENCE, edited([("model.parameters(), 1.0", "model.parameters(), 1.0001")]))
    assert result["verdict"] == "diverged"
    assert result["first_divergence"]["phase"] == "clip"


def test_a_clock_is_named_and_nothing_is_claimed(tmp_path: Path) -> None:
    clock = edited([("torch.manual_seed(7)", "import time\ntorch.manual_seed(time.time_ns())")])
    result = told(tmp_path, clock, clock)
    assert result["verdict"] == "inconclusive"
    assert result["noise_floor"]


def test_the_tree_stays_as_it_was(tmp_path: Path) -> None:
    told(tmp_path, REFERENCE, REFERENCE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.py", "train.py"]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ValueError('no data')", "no data"),
        ("print('nothing to do')", "no optimizer of torch was made in it"),
        ("import sys\nsys.exit(3)", "exit code 3"),
        ("input('go on? ')", "EOF"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
        ("import torch\nw = torch.nn.Linear(1, 1)\ntorch.optim.SGD(w.parameters(), 0.1)", "first update"),
        ("import sys\nsys.stdout.buffer.write(bytes(range(256)))", "no optimizer"),
    ],
)
def test_a_run_that_says_nothing_is_inconclusive(tmp_path: Path, program: str, said: str) -> None:
    (tmp_path / "train.py").write_text(program)
    done = parity(tmp_path, "train.py", "train.py")
    assert done.returncode == 2
    assert done.stdout.startswith("inconclusive")
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_a_run_that_hangs_is_ended(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import time\nprint('waiting', flush=True)\ntime.sleep(600)")
    done = parity(tmp_path, "train.py", "train.py", "--timeout", "1")
    assert done.returncode == 2
    assert "longer than 1 s" in done.stdout
    assert "waiting" in done.stdout


def test_large_files_are_read_from_where_they_are_and_written_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "corpus.bin").write_bytes(bytes(5 << 20))
    writing = edited(
        [("torch.manual_seed(7)", "open('corpus.bin', 'r+b').write(b'seen')\ntorch.manual_seed(7)")]
    )
    assert told(tmp_path, writing, writing)["verdict"] == "equal"
    assert (tmp_path / "corpus.bin").read_bytes() == bytes(5 << 20)


def test_ranks_are_compared_one_by_one(tmp_path: Path) -> None:
    ranks = edited(
        [
            ("torch.manual_seed(7)", "torch.distributed.init_process_group('gloo')\ntorch.manual_seed(7)"),
            ("model = Network()", "model = nn.parallel.DistributedDataParallel(Network())"),
            ("for step in range", "torch.manual_seed(torch.distributed.get_rank())\nfor step in range"),
        ]
    )
    assert told(tmp_path / "same", ranks, ranks, "--nproc", "2")["verdict"] == "equal"
    alike = ranks.replace("manual_seed(torch.distributed.get_rank())", "manual_seed(0)")
    found = told(tmp_path / "other", ranks, alike, "--nproc", "2", "--exact")["first_divergence"]
    assert (found["phase"], found["step"]) == ("batch", 1)
