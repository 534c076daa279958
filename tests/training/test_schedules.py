"""Learning rates and annealing over whole runs, and numbers of steps that do not fit one."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import pytest
import torch
from trainer.act import moment
from trainer.configuration.arch import AnnealingConfig, TRMConfig
from trainer.configuration.schema import Law, OptimConfig, RunConfig
from trainer.schedules import Clock, annealed, learning_rate, outliving, steps_per_epoch, total_steps

from tests.training.runs import SMALL, metrics, train_here

TOTAL = 40


def rates(**values: object) -> list[float]:
    config = OptimConfig(learning_rate=0.5, **values)
    return [learning_rate(config, Clock(step=step, total_steps=TOTAL)) for step in range(TOTAL)]


@pytest.mark.parametrize("law", list(Law))
def test_a_rate_rises_to_its_peak_and_falls_to_its_floor(law: Law) -> None:
    found = rates(law=law, warmup_ratio=0.25, min_lr_ratio=0.1)
    assert found[:10] == pytest.approx([0.5 * (step + 1) / 10 for step in range(10)])
    assert max(found) == pytest.approx(0.5)
    assert all(later <= earlier for earlier, later in itertools.pairwise(found[9:]))
    end = learning_rate(OptimConfig(learning_rate=0.5, law=law), Clock(step=TOTAL, total_steps=TOTAL))
    assert end == pytest.approx(0.5 if law is Law.constant else 0.05)


def test_the_cosine_law_is_that_of_torch() -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, TOTAL, eta_min=0.05)
    expected = []
    for _ in range(TOTAL):
        expected.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
    assert rates(warmup_ratio=0.0, min_lr_ratio=0.1) == pytest.approx(expected)


@pytest.mark.parametrize("total", [1_000, 100_000])
@pytest.mark.parametrize("law", ["linear", "cosine", "exponential"])
def test_annealing_scales_with_the_run(law: str, total: int) -> None:
    def at(share: float) -> float:
        return annealed(1.0, 0.2, law, 0.5, Clock(step=int(total * share), total_steps=total))

    assert at(0.0) == 1.0
    assert at(0.25) == pytest.approx(
        {"linear": 0.6, "cosine": 0.6, "exponential": 1 - 0.8 * (1 - math.exp(-2.5)) / (1 - math.exp(-5))}[
            law
        ]
    )
    assert at(0.5) == at(0.75) == at(1.0) == pytest.approx(0.2)


def test_steps_of_an_epoch_are_floored_before_they_are_multiplied() -> None:
    assert steps_per_epoch(1050, 100) == 10
    assert total_steps(10, 1050, 100) == 100
    assert int(10 * 1050 / 100) == 105
    assert total_steps(3, 7, 100) == 3


def test_a_warmup_longer_than_the_run_is_told(text: Path, tmp_path: Path) -> None:
    train_here(
        "cfg_bigram",
        *SMALL,
        f"data.path={text}",
        "steps=2",
        "optim.warmup_steps=500",
        f"output_dir={tmp_path}",
    )
    log = (tmp_path / "train.log").read_text()
    assert "warning: optim.warmup_steps is 500, the run has 2 steps" in log
    assert "optim.warmup_ratio scales with the run" in log
    assert metrics(tmp_path)["lr"][2] == pytest.approx(1e-3 * 2 / 500)


def test_steps_of_annealing_win_over_its_ratio() -> None:
    config = TRMConfig(
        halt_warmup_steps=30, exploration=AnnealingConfig(start=0.4, end=0.2, steps=20, ratio=0.9)
    )
    now = [moment(config, Clock(step=step, total_steps=TOTAL)) for step in range(TOTAL)]
    assert [entry.exploration for entry in now[:21:10]] == pytest.approx([0.4, 0.3, 0.2])
    assert [entry.asked for entry in now] == [False] * 30 + [True] * 10
    run = RunConfig(steps=TOTAL, arch=config)
    assert outliving(run, TOTAL) == []
    assert [line.split(",")[0] for line in outliving(run, 25)] == ["warning: arch.halt_warmup_steps is 30"]


def test_perplexity_is_the_exponential_of_the_loss(text: Path, tmp_path: Path) -> None:
    train_here("cfg_bigram", *SMALL, f"data.path={text}", "steps=1", f"output_dir={tmp_path}")
    found = metrics(tmp_path)
    for split in ("train", "val"):
        assert found[f"{split}/perplexity"][1] == pytest.approx(math.exp(found[f"{split}/loss"][1]))
