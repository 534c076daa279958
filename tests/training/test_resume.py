"""A resumed run is the uninterrupted one, bit for bit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from tests.training.runs import SMALL, SMALL_GPT, SMALL_REASONER, metrics, train_here, weights

LORA = ("lora.enabled=true", "lora.rank=4", "lora.dropout=0.1")

#: Each family with what makes it small; dropout, so that the generators matter.
FAMILIES = {
    "bigram": ("cfg_bigram",),
    "gpt": ("cfg_gpt", *SMALL_GPT, "arch.dropout=0.2"),
    "gpt2": ("cfg_gpt2", "arch.pretrained={gpt2}"),
    "bigram with lora": ("cfg_bigram", *LORA),
    "gpt with lora": ("cfg_gpt", *SMALL_GPT, *LORA),
    "gpt2 with lora": ("cfg_gpt2", "arch.pretrained={gpt2}", *LORA),
}

#: Reasoners, whose carry must go on too; exploration, so that some rows halt early.
_EXPLORING = ("arch.exploration.start=0.5", "arch.temperature.start=5", "arch.temperature.end=5")
REASONERS = {
    "trm": ("cfg_trm", *SMALL_REASONER, "data.path={sudoku}", *_EXPLORING),
    "trm, fixed": ("cfg_trm", "arch=trm_fixed", *SMALL_REASONER, "data.path={sudoku}"),
    "etrm": ("cfg_etrm", *SMALL_REASONER, "data.path={colours}", *_EXPLORING),
    "etrm, hybrid": ("cfg_etrm", "arch=etrm_hybrid", *SMALL_REASONER, "data.path={colours}", *_EXPLORING),
    "etrm, cached": ("cfg_etrm", "arch=etrm_cached", *SMALL_REASONER, "data.path={colours}", *_EXPLORING),
    "etrm with lora": ("cfg_etrm", *SMALL_REASONER, "data.path={colours}", *_EXPLORING, *LORA),
    "etrm, fixed": ("cfg_etrm", "arch=etrm_fixed", *SMALL_REASONER, "data.path={colours}"),
}


@pytest.fixture
def family(request: pytest.FixtureRequest, gpt2: Path, sudoku: Path, colours: Path) -> tuple[str, ...]:
    """The config of a family, and its overrides."""
    parts = (FAMILIES | REASONERS)[request.param]
    return tuple(part.format(gpt2=gpt2, sudoku=sudoku, colours=colours) for part in parts)


@pytest.mark.parametrize("family", FAMILIES | REASONERS, indirect=True)
def test_a_run_resumed_in_the_middle_ends_as_the_whole_run(
    family: tuple[str, ...], text: Path, tmp_path: Path
) -> None:
    config, *own = family
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    same = (
        *SMALL,
        f"data.path={text}",
        *own,
        "epochs=null",
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


@pytest.mark.parametrize("family", FAMILIES, indirect=True)
def test_a_family_learns(family: tuple[str, ...], text: Path, tmp_path: Path) -> None:
    config, *own = family
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
    # Adapters of a base that is random can do little.
    assert losses[40] < losses[0] - (0.05 if set(LORA) <= set(own) else 0.5)
