"""Folders that take no files, and a disk that fills up: said in words, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from trainer.checkpointing import CheckpointStore
from trainer.errors import TrainerError

from tests.training.mounts import train_on
from tests.training.processes import ended, start, start_ranks
from tests.training.runs import SMALL, SMALL_GPT, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=30", "checkpoint.interval=1", "checkpoint.keep_last=99", "log_interval=1")
GPT = ("--config-name", "cfg_gpt")


@pytest.mark.parametrize("key", ["output_dir", "log_dir", "checkpoint.dir", "export_dir"])
def test_a_folder_that_takes_no_files_is_named_before_anything_is_built(
    key: str, text: Path, tmp_path: Path
) -> None:
    # Even root makes no folder below a file.
    folders = {"output_dir": tmp_path / "out", key: text / "folder"}
    same = [f"{name}={folder}" for name, folder in folders.items()]
    with pytest.raises(
        TrainerError, match=rf"^{key} is {text}/folder, where nothing can be written: Not a dir"
    ):
        train_here("cfg_gpt", *SAME, f"data.path={text}", *same)
    assert not list(tmp_path.rglob("step_*"))


def test_all_ranks_leave_when_the_first_cannot_write(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", f"output_dir={text}/out", "optim.gradient_accumulation_steps=2")
    assert ended(start_ranks(2, tmp_path, *GPT, *same)) == [2, 2]
    for rank in range(2):
        (line,) = (tmp_path / f"rank_{rank}.txt").read_text().splitlines()
        assert line.startswith(f"error: output_dir is {text}/out, where nothing can be written")


def test_a_disk_that_is_read_only_is_named(text: Path, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    ended = train_on("ro", place, *GPT, *SAME, f"data.path={text}", f"output_dir={place / 'out'}")
    if ended is not None:
        assert (ended.returncode, ended.stdout) == (2, "")
        assert ended.stderr == (
            f"error: output_dir is {place}/out, where nothing can be written: Read-only file system; choose "
            "another, or let this process write there\n"
        )


@pytest.mark.parametrize("kilobytes", [700, 1000])
def test_a_run_on_a_disk_that_fills_up_goes_on_elsewhere_from_its_last_whole_checkpoint(
    kilobytes: int, text: Path, tmp_path: Path
) -> None:
    place, calm = tmp_path / "disk", tmp_path / "calm"
    same = (*SAME, f"data.path={text}")
    ended = train_on(f"size={kilobytes}k", place, *GPT, *same, f"output_dir={place / 'out'}")
    if ended is None:
        return
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "No space left on device" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    output = tmp_path / "disk.kept" / "out"
    last, passed = CheckpointStore(output / "checkpoints", 99).latest()
    assert last is not None
    assert passed == []
    train_here("cfg_gpt", *same, f"output_dir={output}")
    assert f"resumed from {last.path}" in (output / "resume.log").read_text()
    train_here("cfg_gpt", *same, f"output_dir={calm}")
    expected, found = weights(calm, 30), weights(output, 30)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert (output / "metrics.csv").read_text() == (calm / "metrics.csv").read_text()


def test_two_sessions_do_not_write_into_one_folder(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", f"output_dir={tmp_path / 'out'}", "evaluation.interval=1000")
    first = start(tmp_path / "first.txt", {}, *GPT, *same, "steps=100000", "checkpoint.interval=100000")
    while not (tmp_path / "out" / "metrics.csv").exists():
        first.join(0.01)
        assert first.exitcode is None, (tmp_path / "first.txt").read_text()
    with pytest.raises(TrainerError, match=rf"where process {first.pid} is training: wait for its end"):
        train_here("cfg_gpt", *same)
    first.kill()
    assert ended([first]) == [-9]
    # The folder is free again, whatever became of its holder.
    train_here("cfg_gpt", *same, "steps=2")
    shutil.rmtree(tmp_path / "out")
