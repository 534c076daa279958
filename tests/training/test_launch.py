"""The launcher's table, its commands, and what it does about data sets and checkpoints."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import launch
import pytest

from tests.training.runs import SMALL, TRAINING, composed


def with_data(**changes: Any) -> launch.Model:
    """The row of `gpt` with another data set."""
    row = launch.MODELS["gpt"]
    return replace(row, dataset=replace(row.dataset, **changes))


def test_the_table_names_what_is_there() -> None:
    assert launch.problems(launch.MODELS) == []


@pytest.mark.parametrize("name", launch.MODELS)
def test_each_run_composes(name: str) -> None:
    words = launch.trainer_command(launch.MODELS[name], [])
    config = words[2].removeprefix("--config-name=")
    assert composed(config, *words[3:]).output_dir == launch.MODELS[name].output_dir


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    row = with_data(dataset_builder="dataset/build.py", dataset_args=["x", "--output"])
    row = replace(row, config="cfg_multimodal", architecture="hesc")
    assert launch.problems({"broken": row}) == [
        "broken: config config/cfg_multimodal.yaml does not exist",
        "broken: architecture config/arch/hesc.yaml does not exist",
        "broken: dataset_builder dataset/build.py does not exist",
        "broken: dataset_args is neither a mapping of options to values nor a list that begins with one",
    ]
    assert launch.problems({"lost": with_data(dataset_args={"count": 3})}) == [
        "lost: dataset_args have no output: nobody knows where the data go"
    ]


def test_arguments_of_a_builder_become_flags() -> None:
    arguments = {"output_dir": "x y", "augment": True, "quiet": False, "sources": ["a", "b"], "count": 3}
    words = launch.builder_command(with_data(dataset_args=arguments).dataset)
    assert words[2:] == ["--output-dir", "x y", "--augment", "--sources", "a", "b", "--count", "3"]


def test_words_of_a_builder_are_options_too() -> None:
    words = ["--output-dir", "x y", "--augment", "--sources", "a", "b"]
    assert launch.options(words) == {"output_dir": "x y", "augment": True, "sources": ["a", "b"]}
    assert launch.builder_command(with_data(dataset_args=words).dataset)[2:] == words


def started(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TRAINING / "launch.py"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_a_run_builds_its_data_once_trains_and_goes_on(tmp_path: Path) -> None:
    only = started(tmp_path, "bigram", "--dataset-only")
    assert only.returncode == 0, only.stderr
    assert not (tmp_path / "outputs").exists()
    first = started(tmp_path, "bigram", *SMALL, "steps=2")
    assert first.returncode == 0, first.stderr
    assert "data set: datasets/arithmetic.txt is there" in first.stdout
    assert "checkpoint: none, a fresh run" in first.stdout
    again = started(tmp_path, "bigram", *SMALL, "steps=4")
    assert "checkpoint: step_00000002" in again.stdout
    assert "resumed from outputs/bigram/checkpoints/step_00000002 at step 2" in again.stdout


def test_a_builder_that_fails_stops_the_launch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    row = with_data(dataset_args={"output": "x", "coutn": 3})
    monkeypatch.setitem(launch.MODELS, "gpt", row)
    assert launch.main(["gpt"]) == 2
    assert "the data set was not built: dataset/build_text.py ended with code 2" in capfd.readouterr().err
