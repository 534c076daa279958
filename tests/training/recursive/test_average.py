"""A moving average of the weights, where one is kept, is what is measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.training.runs import SMALL, SMALL_REASONER, metrics, train_here, weights

SAME = (
    *SMALL,
    *SMALL_REASONER,
    "arch=trm_fixed",
    "epochs=null",
    "log_interval=1",
    "optim.learning_rate=1e-2",
)


def _train(sudoku: Path, output: Path, *others: str) -> dict[str, dict[int, float]]:
    train_here("cfg_trm", *SAME, f"data.path={sudoku}", f"output_dir={output}", *others)
    return metrics(output)


def test_an_average_is_measured_and_changes_nothing_that_is_trained(sudoku: Path, tmp_path: Path) -> None:
    plain = _train(sudoku, tmp_path / "plain", "steps=4", "ema_rate=null")
    slow = _train(sudoku, tmp_path / "slow", "steps=4", "ema_rate=0.999")
    assert slow["loss"] == plain["loss"]
    # The average has hardly left the first weights.
    assert slow["val/loss"][4] == pytest.approx(slow["val/loss"][0], abs=2e-2)
    assert plain["val/loss"][4] < plain["val/loss"][0] - 0.2


def test_an_average_that_a_resumed_run_is_the_first_to_keep_starts_at_the_weights(
    sudoku: Path, tmp_path: Path
) -> None:
    _train(sudoku, tmp_path, "steps=4", "ema_rate=null")
    measured = _train(sudoku, tmp_path, "steps=8", "ema_rate=0.9999")
    assert measured["val/loss"][8] == pytest.approx(measured["val/loss"][4], abs=2e-3)
    state = torch.load(tmp_path / "checkpoints/step_00000008/state.pt", weights_only=True)
    before = weights(tmp_path, 4)
    assert all(torch.allclose(value, before[name], atol=1e-3) for name, value in state["average"].items())
