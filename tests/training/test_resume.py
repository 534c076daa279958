"""A resumed run is the uninterrupted one, bit for bit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from tests.training.runs import SMALL, SMALL_GPT, metrics, train_here, weights

#: Each family with what makes it small; dropout, so that the generators matter.
FAMILIES = {
    "bigram": ("cfg_bigram",),
    "gpt": ("cfg_gpt", *SMALL_GPT, "arch.dropout=0.2"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_run_resumed_in_the_middle_ends_as_the_whole_run(family: str, text: Path, tmp_path: Path) -> None:
    config, *own = FAMILIES[family]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (
        *SMALL,
        *own,
        f"data.path={text}",
        "steps=8",
        "checkpoint.interval=3",
        "ema_rate=0.9",
        "log_interval=1",
    )
    train_here(config, *same, f"output_dir={whole}")
    shutil.copytree(whole, cut)
    for step in (6, 8):
        shutil.rmtree(cut / "checkpoints" / f"step_{step:08d}")
    train_here(config, *same, f"output_dir={cut}")

    expected, found = weights(whole, 8), weights(cut, 8)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert metrics(cut) == metrics(whole)
    assert "resumed from" in (cut / "resume.log").read_text()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_learns(family: str, text: Path, tmp_path: Path) -> None:
    config, *own = FAMILIES[family]
    train_here(
        config,
        *SMALL,
        *own,
        f"data.path={text}",
        "steps=40",
        f"output_dir={tmp_path}",
        "optim.learning_rate=0.05",
    )
    losses = metrics(tmp_path)["val/loss"]
    assert losses[40] < losses[0] - 0.5
