"""The command itself: its report, its exit codes, what it leaves behind, and runs that say nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.parity.programs import REFERENCE, edited
from tests.parity.runs import ROOT, parity

#: What a program imports that reads its settings from outside.
IMPORTS = "import os\nimport sys\nimport torch\n"
PLUGIN = "trainlint.engine.pytest_plugin"
SCHEMA = json.loads((ROOT / "docs" / "schema" / "parity-v1.json").read_text())


def test_the_report_as_data_and_a_tree_that_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "corpus.bin").write_bytes(bytes(5 << 20))
    writes = "open('corpus.bin', 'r+b').write(b'seen')\n"
    program = edited([("torch.manual_seed(7)", f"{writes}torch.manual_seed(7)")])
    (tmp_path / "train.py").write_text(program)
    (tmp_path / "new.py").write_text(program.replace("optimizer, 0.5", "optimizer, 0.25"))
    words = ["--steps", "2", "--exact", "--output-format", "json", "--report", "page.html"]
    done = parity(tmp_path, "train.py", "new.py", *words)
    result = json.loads(done.stdout)
    jsonschema.validate(result, SCHEMA)
    assert done.returncode == 1
    assert (result["verdict"], result["first_divergence"]["phase"]) == ("diverged", "lr")
    assert "the learning rate is 1/2 of the reference's here" in result["first_divergence"]["cause"]
    assert [entry["code"] for entry in result["diagnostics"]] == ["TL703"]
    names = ["corpus.bin", "new.py", "page.html", "train.py"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    page = ElementTree.parse(tmp_path / "page.html")
    assert len(list(page.iter("svg"))) == 4
    assert (tmp_path / "corpus.bin").read_bytes() == bytes(5 << 20)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise ValueError('no data')", "no data"),
        ("import sys\nsys.exit(3)", "exit code 3"),
        ("input('go on? ')", "EOF"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9"),
        ("import torch\nw = torch.nn.Linear(1, 1)\ntorch.optim.SGD(w.parameters(), 0.1)", "first update"),
        ("import sys\nsys.stdout.buffer.write(bytes(range(256)))", "no optimizer of torch was made in it"),
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


def test_jobs_of_a_list_are_compared(tmp_path: Path) -> None:
    """A Hydra script that is one rank of torchrun, against the plain loop started as a module."""
    settings = "torch.manual_seed(int(os.environ['SEED']))\nACCUMULATION = int({})"
    plain = edited([("torch.manual_seed(7)", settings.format("sys.argv[1]")), ("import torch\n", IMPORTS)])
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "plain.py").write_text(plain)
    body = plain.partition("import torch\n")[2].replace("sys.argv[1]", "config.passes")
    indented = "".join(f"    {line}" if line.strip() else line for line in body.splitlines(keepends=True))
    (tmp_path / "hydrated.py").write_text(
        f"{IMPORTS}import hydra\nfrom torch import nn\n\n\n"
        "@hydra.main(config_path='conf', config_name='config', version_base=None)\n"
        f"def main(config):\n    assert os.environ['RANK'] == '0'\n{indented}\n\nmain()\n"
    )
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "config.yaml").write_text("passes: 1\nhydra: {job: {chdir: true}}\n")
    (tmp_path / "jobs.txt").write_text(
        "[x] SEED=7 python -m package.plain 2\n[ ] SEED=7 torchrun --nproc_per_node=1 hydrated.py passes=2\n"
    )
    done = parity(tmp_path, "jobs.txt:1", "jobs.txt:2", "--steps", "1", "--exact")
    assert done.stdout.startswith("equal: "), done.stdout + done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conf", "hydrated.py", "jobs.txt", "package"]


def test_each_side_is_started_as_it_is_named(tmp_path: Path) -> None:
    """Both stop at once, with what they were given; they never ask for torch."""
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "train.py").write_text(
            "import os, sys\n"
            "given = os.environ['MODE'], os.environ['SHARED'], os.path.basename(os.getcwd())\n"
            "raise SystemExit(' '.join([*sys.argv[1:], *given]))\n"
        )
    words = ["old/train.py", "new/train.py", "--args", "a 'b c'", "--env", "SHARED=x=1"]
    for short, side in (("ref", "old"), ("new", "new")):
        words += [f"--{short}-args", f"lr={side}", f"--{short}-env", f"MODE=its-{side}"]
        words += [f"--{short}-cwd", side]
    done = parity(tmp_path, *words)
    assert "      a b c lr=old its-old x=1 old\n" in done.stdout
    assert "      a b c lr=new its-new x=1 new\n" in done.stdout


def test_a_run_in_place_within_its_memory(tmp_path: Path) -> None:
    writes = "open('left.txt', 'w').write('1')\n"
    holds = "import time\nheld = b'1' * (250 << 20)\ntime.sleep(600)\n"
    (tmp_path / "train.py").write_text(writes + holds)
    done = parity(tmp_path, "train.py", "train.py", "--in-place", "--memory", "0.2")
    assert done.returncode == 2
    assert "more than 204 MB (--memory)" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["left.txt", "train.py"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone.py", "train.py"], "there is no script"),
        (["train.py", "train.py", "--new-cwd", "gone"], "there is no folder"),
        (["train.py", "train.py", "--python", "no-such-python"], "there is no interpreter"),
        (["train.py", "train.py", "--env", "NAME"], "write NAME=VALUE"),
        (["train.py", "train.py", "--args", "'open"], "--args"),
        (["train.py", "jobs.txt:2"], "no job list jobs.txt"),
        (["train.py", "train.py", "--exact", "--rtol", "0.1"], "give one of them"),
        (["train.py", "--observe", "--mapping", "names.txt"], "there is one program"),
        (["train.py", "train.py", "--report", "gone/page.html"], "--report"),
        (["train.py", "--record", "golden.jsonl", "--observe"], "leave --observe out"),
        (["train.py", "--observe", "--output-format", "json"], "leave --output-format out"),
    ],
)
def test_what_cannot_be_started_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "train.py").write_text(REFERENCE)
    done = parity(tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_fixture_of_pytest_passes_and_fails_with_the_report(tmp_path: Path, python: str) -> None:
    (tmp_path / "train.py").write_text(REFERENCE)
    (tmp_path / "same.py").write_text(REFERENCE.replace("chosen", "picked"))
    (tmp_path / "other.py").write_text(REFERENCE.replace("lr=0.01", "lr=0.02"))
    own = {"python": python, "in_place": True}
    (tmp_path / "test_train.py").write_text(
        f"OWN = {own}\n\n\n"
        "def test_same(parity_check):\n"
        "    assert parity_check('train.py', 'same.py', steps=1, **OWN).verdict.value == 'equal'\n\n\n"
        "def test_other(parity_check):\n"
        "    parity_check('train.py', 'other.py', steps=1, exact=True, **OWN)\n"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    if not any(entry.value == PLUGIN for entry in entry_points(group="pytest11")):
        words += ["-p", PLUGIN]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout
    assert "diverged: update 1, lr: lr" in done.stdout


def test_a_program_without_numpy_is_compared_and_trainlint_without_it_says_what_is_missing(
    tmp_path: Path,
) -> None:
    """torch does without numpy, the comparison of values does not."""
    block = "import sys\nsys.modules['numpy'] = None\n"
    (tmp_path / "train.py").write_text(block + REFERENCE)
    (tmp_path / "new.py").write_text(block + REFERENCE.replace("0.1 * torch", "0.2 * torch"))
    compared = parity(tmp_path, "train.py", "new.py", "--steps", "1", "--exact", "--output-format", "json")
    assert json.loads(compared.stdout)["first_divergence"]["phase"] == "batch", compared.stdout
    words = [sys.executable, "-c", f"{block}from trainlint.cli.main import main\nmain()"]
    refused = subprocess.run(
        [*words, "parity", "train.py", "new.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "needs numpy: pip install 'trainlint[parity]'" in refused.stderr
