"""A signal really has the merged script save, and really does not where the handler was lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.diff.cases import read_case

SETTINGS = {"TEST_MODE": "True", "TRAINING_STEPS": "1000000", "CHECKPOINT_INTERVAL": "1000000"}


def checkpoints_after_a_signal(name: str, side: str, folder: Path) -> list[str]:
    """Start one side of a case, ask it to stop once it trains, and list what it has saved."""
    program = read_case(name).write(folder / name) / side
    subprocess.run([sys.executable, "../prepare.py"], cwd=program, check=True)
    environment = {**os.environ, **SETTINGS, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "training.py"]
    with subprocess.Popen(command, cwd=program, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert any(line.startswith("step 2:") for line in run.stdout)
        run.send_signal(signal.SIGTERM)
        run.stdout.read()
        assert run.wait(60) != 0
    return [path.name for path in program.glob("out/checkpoints/*.pt")]


@pytest.mark.parametrize("side", ["reference", "candidate"])
def test_a_signal_has_a_checkpoint_written(side: str, tmp_path: Path) -> None:
    assert len(checkpoints_after_a_signal("merge-clean", side, tmp_path)) == 1


def test_without_the_handler_everything_since_the_last_checkpoint_is_lost(tmp_path: Path) -> None:
    assert checkpoints_after_a_signal("seed001-7-emergency-save-lost", "candidate", tmp_path) == []
