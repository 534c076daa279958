"""Looking at a run does not change it."""

from __future__ import annotations

from pathlib import Path

import torch

from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights


def test_training_is_the_same_however_often_it_is_measured(text: Path, tmp_path: Path) -> None:
    # Dropout draws from the generators, and the batches come from a thread that is ahead.
    same = (*SMALL, *SMALL_GPT, "arch.dropout=0.3", "steps=6", "log_interval=1", f"data.path={text}")
    often, once = tmp_path / "often", tmp_path / "once"
    train_here("cfg_gpt", *same, "evaluation.interval=1", "evaluation.iters=7", f"output_dir={often}")
    train_here("cfg_gpt", *same, "evaluation.interval=6", "evaluation.iters=1", f"output_dir={once}")
    assert metrics(often)["loss"] == metrics(once)["loss"]
    expected, found = weights(often, 6), weights(once, 6)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert set(metrics(often)["val/loss"]) == set(range(7))
    assert set(metrics(once)["val/loss"]) == {0, 6}


def test_the_same_weights_measure_the_same_twice(text: Path, tmp_path: Path) -> None:
    same = (*SMALL, *SMALL_GPT, "arch.dropout=0.3", f"data.path={text}", "optim.learning_rate=1e-30")
    train_here(
        "cfg_gpt", *same, "optim.weight_decay=0", "steps=4", "evaluation.interval=1", f"output_dir={tmp_path}"
    )
    # Evaluation has no dropout, and its batches are the same each time.
    assert len(set(metrics(tmp_path)["val/loss"].values())) == 1
