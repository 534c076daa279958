"""Several processes train as one does."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

from tests.training.processes import train_ranks
from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights

SAME = (*SMALL, *SMALL_GPT, "steps=6", "checkpoint.interval=3", "log_interval=1")


def test_two_ranks_resumed_in_the_middle_end_as_the_whole_run(text: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (*SAME, f"data.path={text}", "arch.dropout=0.2", "optim.gradient_accumulation_steps=4")
    train_ranks(2, whole, "--config-name", "cfg_gpt", *same, f"output_dir={whole}")
    shutil.copytree(whole, cut)
    shutil.rmtree(cut / "checkpoints" / "step_00000006")
    train_ranks(2, cut, "--config-name", "cfg_gpt", *same, f"output_dir={cut}")

    expected, found = weights(whole, 6), weights(cut, 6)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert metrics(cut) == metrics(whole)
    # Each rank drew its own dropout: equal draws would be a state that was saved for one rank only.
    state = torch.load(whole / "checkpoints/step_00000006/state.pt", weights_only=True)
    first, second = (rank["rng"]["torch"] for rank in state["ranks"])
    assert not torch.equal(first, second)


def test_a_run_goes_on_on_another_number_of_ranks_and_says_so(text: Path, tmp_path: Path) -> None:
    same = (*SAME, f"data.path={text}", "optim.gradient_accumulation_steps=2", f"output_dir={tmp_path}")
    train_ranks(2, tmp_path, "--config-name", "cfg_gpt", *same)
    shutil.rmtree(tmp_path / "checkpoints" / "step_00000006")
    before = metrics(tmp_path)["loss"]
    train_here("cfg_gpt", *same)
    # Without dropout nothing of the data or the loss depends on how many ranks there are.
    assert "the checkpoint is of 2 ranks, this run has 1" in (tmp_path / "resume.log").read_text()
    after = metrics(tmp_path)["loss"]
    assert after.keys() == before.keys()
    assert all(abs(after[step] - before[step]) < 1e-5 for step in before)
