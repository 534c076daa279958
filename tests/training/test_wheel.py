"""The trainer of the built wheel, in a fresh environment with the `train` extra, from any folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.runs import story
from tests.wheels import installed_command, run


@pytest.fixture(scope="module")
def trainlint(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has nothing but the wheel with its extra."""
    return installed_command(wheel, tmp_path_factory.mktemp("train-wheel"), "[train]", seconds=600)


def test_trains_from_any_folder_and_on_two_processes(trainlint: Path, tmp_path: Path) -> None:
    text = story(tmp_path / "story.txt")
    words = ("--config-name", "cfg_bigram", f"data.path={text.name}", "steps=3", "evaluation.iters=2")
    alone = run(trainlint, "train", *words, "output_dir=alone", cwd=tmp_path, seconds=600)
    assert alone.returncode == 0, alone.stderr
    assert (tmp_path / "alone/checkpoints/step_00000003/weights.safetensors").is_file()
    shared = ("--nproc", "2", *words, "optim.gradient_accumulation_steps=2", "output_dir=shared")
    together = run(trainlint, "train", *shared, cwd=tmp_path, seconds=600)
    assert together.returncode == 0, together.stderr
    assert (tmp_path / "shared/checkpoints/step_00000003/weights.safetensors").is_file()
    refused = run(trainlint, "train", *words, "steps=0", cwd=tmp_path, seconds=600)
    assert refused.returncode == 2
    assert "steps is 0" in refused.stderr
    assert "Traceback" not in refused.stderr
