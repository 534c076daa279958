"""The trainer's own job list: trainlint finds nothing, and Hydra takes every launch."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.training.runs import TRAINING, composed
from trainlint.cli.main import cli

JOBS = TRAINING / "jobs.txt"
COMMANDS = [line.removeprefix("[ ] ") for line in JOBS.read_text().splitlines() if line.startswith("[ ]")]


def test_the_job_list_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TRAINING.parent)
    arguments = ["check", "--fail-on", "info", "--output-format", "concise", str(Path("training/jobs.txt"))]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    findings = [line for line in result.stdout.splitlines() if " not checked: " not in line]
    assert (result.exit_code, findings) == (0, []), result.stdout


def test_the_trainer_never_imports_trainlint_and_its_entry_is_short() -> None:
    for file in TRAINING.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [name for name in names if name.split(".")[0] == "trainlint"], file
    assert len((TRAINING / "train.py").read_text("utf-8").splitlines()) < 80


@pytest.mark.parametrize("command", [command for command in COMMANDS if "train.py" in command])
def test_hydra_takes_each_launch(command: str) -> None:
    words = shlex.split(command)
    name = words[words.index("--config-name") + 1]
    overrides = words[words.index("--config-name") + 2 :]
    assert composed(name, *overrides).output_dir
