"""The trainer of the built wheel, in a fresh environment with the `train` extra, from any folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.runs import story

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture(scope="module")
def trainlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has nothing but the wheel with its extra."""
    folder = tmp_path_factory.mktemp("train-wheel")
    built = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    made = run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
    assert made.returncode == 0, made.stderr
    wheel = next(folder.glob("trainlint-*.whl"))
    # What is not imported need not be compiled: this halves the time.
    pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
    installed = run(*pip, "-c", ROOT / "constraints.txt", f"{wheel}[train]", cwd=folder)
    assert installed.returncode == 0, installed.stderr
    return folder / "env" / "bin" / "trainlint"


def test_trains_from_any_folder_and_on_two_processes(trainlint: Path, tmp_path: Path) -> None:
    text = story(tmp_path / "story.txt")
    words = ("--config-name", "cfg_bigram", f"data.path={text.name}", "steps=3", "evaluation.iters=2")
    alone = run(trainlint, "train", *words, "output_dir=alone", cwd=tmp_path)
    assert alone.returncode == 0, alone.stderr
    assert (tmp_path / "alone/checkpoints/step_00000003/weights.safetensors").is_file()
    shared = ("--nproc", "2", *words, "optim.gradient_accumulation_steps=2", "output_dir=shared")
    together = run(trainlint, "train", *shared, cwd=tmp_path)
    assert together.returncode == 0, together.stderr
    assert (tmp_path / "shared/checkpoints/step_00000003/weights.safetensors").is_file()
    refused = run(trainlint, "train", *words, "steps=0", cwd=tmp_path)
    assert refused.returncode == 2
    assert "steps is 0" in refused.stderr
    assert "Traceback" not in refused.stderr
