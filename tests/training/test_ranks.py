"""Several processes train as one does."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from trainer.distributed import Ranks, no_sync_but_last, wrapped

from tests.training.processes import ended, start_ranks, train_ranks
from tests.training.runs import SMALL, SMALL_GPT, TRAINING, metrics, story, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=6", "checkpoint.interval=3", "log_interval=1")
GPT = ("--config-name", "cfg_gpt")


def _largest_difference(one: Path, other: Path, step: int = 6) -> float:
    first, second = weights(one, step), weights(other, step)
    assert first.keys() == second.keys()
    return max(float((first[name] - second[name]).abs().max()) for name in first)


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    """A run of one process in fp64 with four micro-steps, and its overrides."""
    folder = tmp_path_factory.mktemp("double")
    same = (
        *SAME,
        f"data.path={story(folder / 'story.txt')}",
        "optim.gradient_accumulation_steps=4",
        "device.precision=fp64",
        "ema_rate=0.9",
        "evaluation.iters=3",
    )
    train_here("cfg_gpt", *same, f"output_dir={folder / 'one'}")
    return folder / "one", same


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_two_processes_with_half_the_micro_steps_train_as_one(
    kind: str, double: tuple[Path, tuple[str, ...]], tmp_path: Path
) -> None:
    one, same = double
    train_ranks(2, tmp_path, *GPT, *same, f"distributed.kind={kind}", f"output_dir={tmp_path}")
    assert _largest_difference(one, tmp_path) < 1e-12
    expected, found = metrics(one), metrics(tmp_path)
    assert expected.keys() == found.keys()
    # Three evaluation batches on two ranks: one has a batch more, and the mean is that over all three.
    assert all(
        abs(expected[name][step] - found[name][step]) < 1e-11 for name in expected for step in expected[name]
    )
    # What shards saved, one process reads.
    shutil.rmtree(tmp_path / "checkpoints" / "step_00000006")
    train_here("cfg_gpt", *same, f"output_dir={tmp_path}", "distributed.kind=ddp")
    assert _largest_difference(one, tmp_path) < 1e-12


def test_in_fp32_the_difference_is_that_of_the_order_of_additions(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "optim.gradient_accumulation_steps=4")
    train_here("cfg_gpt", *same, f"output_dir={tmp_path / 'one'}")
    train_ranks(2, tmp_path / "two", *GPT, *same, f"output_dir={tmp_path / 'two'}")
    expected, found = metrics(tmp_path / "one")["loss"], metrics(tmp_path / "two")["loss"]
    assert all(abs(expected[step] - found[step]) < 1e-6 for step in expected)


@pytest.mark.parametrize("kind", ["ddp", "fsdp"])
def test_two_ranks_resumed_in_the_middle_end_as_the_whole_run(kind: str, text: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (*SAME, f"data.path={text}", "arch.dropout=0.2", "optim.gradient_accumulation_steps=4")
    same = (*same, f"distributed.kind={kind}", "ema_rate=0.9")
    train_ranks(2, whole, *GPT, *same, f"output_dir={whole}")
    shutil.copytree(whole, cut)
    shutil.rmtree(cut / "checkpoints" / "step_00000006")
    train_ranks(2, cut, *GPT, *same, f"output_dir={cut}")

    assert _largest_difference(whole, cut) == 0.0
    assert metrics(cut) == metrics(whole)
    # Each rank drew its own dropout: equal draws would be a state that was saved for one rank only.
    state = torch.load(whole / "checkpoints/step_00000006/state.pt", weights_only=True)
    first, second = (rank["rng"]["torch"] for rank in state["ranks"])
    assert not torch.equal(first, second)
    # Rank 1 says nothing.
    assert (whole / "rank_1.txt").read_text() == ""


def test_gradients_travel_once_in_an_optimizer_step(tmp_path: Path) -> None:
    travelled: list[int] = []

    # Torch would read annotations here, and not in their text.
    def hook(step, bucket):
        travelled.append(step)
        future = torch.futures.Future()
        future.set_result(bucket.buffer())
        return future

    dist.init_process_group("gloo", store=dist.FileStore(str(tmp_path / "store"), 1), rank=0, world_size=1)
    try:
        model, cpu = torch.nn.Linear(4, 2), torch.device("cpu")
        forward = wrapped(model, Ranks(world_size=2), cpu, compiled=False)
        assert isinstance(forward, DistributedDataParallel)
        forward.register_comm_hook(0, hook)
        for micro_step in range(4):
            with no_sync_but_last(forward, model, micro_step == 3):
                forward(torch.ones(1, 4)).sum().backward()
            assert len(travelled) == (micro_step == 3)
    finally:
        dist.destroy_process_group()
    # All four are in what travelled.
    assert torch.equal(model.weight.grad, torch.full((2, 4), 4.0))


def test_a_run_goes_on_on_another_number_of_ranks_and_says_so(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "optim.gradient_accumulation_steps=2", f"output_dir={tmp_path}")
    # One batch to measure for two ranks: one of them has none.
    same = (*same, "evaluation.iters=1")
    train_ranks(2, tmp_path, *GPT, *same)
    shutil.rmtree(tmp_path / "checkpoints" / "step_00000006")
    before = metrics(tmp_path)["loss"]
    train_here("cfg_gpt", *same)
    # Without dropout nothing of the data or the loss depends on how many ranks there are.
    assert "the checkpoint is of 2 ranks, this run has 1" in (tmp_path / "resume.log").read_text()
    after = metrics(tmp_path)["loss"]
    assert after.keys() == before.keys()
    assert all(abs(after[step] - before[step]) < 1e-5 for step in before)


def test_micro_steps_that_ranks_cannot_share_evenly_are_refused(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "optim.gradient_accumulation_steps=3", f"output_dir={tmp_path}")
    assert ended(start_ranks(2, tmp_path, *GPT, *same)) == [2, 2]
    said = (tmp_path / "rank_0.txt").read_text()
    assert "optim.gradient_accumulation_steps 3 does not divide by the 2 ranks" in said
    assert "Traceback" not in said


def test_a_rank_that_dies_ends_the_others(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "steps=100000", "optim.gradient_accumulation_steps=2")
    first, second = start_ranks(2, tmp_path, *GPT, *same, f"output_dir={tmp_path}")
    _wait_for(tmp_path / "checkpoints" / "latest")
    second.kill()
    assert ended([first], 60) == [2]
    assert "another process of the run is gone" in (tmp_path / "rank_0.txt").read_text()


def test_a_signal_to_one_rank_stops_all_and_the_run_goes_on_later(text: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (*SAME, f"data.path={text}", "steps=60", "optim.gradient_accumulation_steps=2", "arch.dropout=0.1")
    train_ranks(2, whole, *GPT, *same, f"output_dir={whole}")
    ranks = start_ranks(2, cut, *GPT, *same, f"output_dir={cut}", "checkpoint.interval=1000")
    _wait_for(cut / "checkpoints" / "latest")
    assert ranks[1].pid is not None
    os.kill(ranks[1].pid, signal.SIGTERM)
    assert ended(ranks, 60) == [143, 143]
    assert "stopped by a signal after step" in (cut / "train.log").read_text()
    train_ranks(2, cut, *GPT, *same, f"output_dir={cut}", "checkpoint.interval=1000")
    assert _largest_difference(whole, cut, 60) == 0.0


def test_torchrun_starts_it(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "steps=2", "optim.gradient_accumulation_steps=2")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [*command, str(TRAINING / "train.py"), *GPT, *same, f"output_dir={tmp_path / 'out'}"],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("iter 2: loss") == 1
    assert len(metrics(tmp_path / "out")["loss"]) == 2
    # The first process writes, and it alone: no other leaves a log or a configuration anywhere.
    names = {"checkpoints", "config.yaml", "losses.png", "metrics.csv", "train.log", ".lock"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    assert {path.name for path in tmp_path.iterdir()} == {text.name, "out"}


def _wait_for(path: Path, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.01)
