"""Who halts when, by what the clock says."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from trainer.act import Moment, halts, moment
from trainer.configuration.arch import AnnealingConfig, AnnealingLaw, TRMConfig
from trainer.schedules import Clock

from tests.training.recursive.tiny import batch, trm

PLAIN = Moment(max_steps=4, exploration=0.0, temperature=0.0, asked=True, step_penalty=0.0)


def _halts(q: list[float], steps: list[int], draws: torch.Tensor, now: Moment = PLAIN) -> list[bool]:
    found: list[bool] = halts(torch.tensor(q), torch.tensor(steps), draws, now).tolist()
    return found


def test_the_head_decides_by_its_sign_and_no_row_goes_beyond_the_last_step() -> None:
    assert _halts([1.0, -1.0, -9.0, 9.0], [1, 3, 4, 4], torch.rand(4, 3)) == [True, False, True, True]


def test_a_row_that_explores_takes_two_steps_to_all_before_it_may_halt() -> None:
    now = dataclasses.replace(PLAIN, exploration=0.5)
    # explores?, share of the steps, noise
    draws = torch.tensor([[0.4, 0.0, 0.5], [0.4, 0.99, 0.5], [0.6, 0.99, 0.5], [0.4, 0.34, 0.5]])
    ended = [_halts([9.0] * 4, [step] * 4, draws, now) for step in range(1, 5)]
    first = [1 + [row[i] for row in ended].index(True) for i in range(4)]
    assert first == [2, 4, 1, 3]


def test_at_a_temperature_rows_halt_as_often_as_the_logistic_says() -> None:
    count = 20000
    draws = torch.rand(count, 3, generator=torch.Generator().manual_seed(0))
    now = dataclasses.replace(PLAIN, temperature=2.0)
    share = halts(torch.full((count,), -3.0), torch.ones(count), draws, now).double().mean()
    assert float(share) == pytest.approx(1 / (1 + 2.718281828 ** (3 / 2)), abs=0.01)


def test_before_the_head_is_asked_every_row_takes_all_steps() -> None:
    now = dataclasses.replace(PLAIN, asked=False)
    assert _halts([9.0, 9.0], [3, 4], torch.zeros(2, 3), now) == [False, True]


def test_everything_anneals_by_the_one_clock() -> None:
    config = TRMConfig(
        exploration=AnnealingConfig(start=0.4, end=0.0, ratio=0.5),
        temperature=AnnealingConfig(start=1.0, end=3.0, law=AnnealingLaw.cosine),
        step_penalty=AnnealingConfig(start=0.0, end=1.0, law=AnnealingLaw.exponential),
        halt_warmup_ratio=0.1,
    )
    moments = [moment(config, Clock(step=step, total_steps=1000)) for step in (0, 250, 500, 1000)]
    assert [found.exploration for found in moments] == pytest.approx([0.4, 0.2, 0.0, 0.0])
    assert [found.temperature for found in moments] == pytest.approx([1.0, 1.2928932, 2.0, 3.0])
    assert [found.step_penalty for found in moments][::3] == pytest.approx([0.0, 1.0])
    assert moments[1].step_penalty == pytest.approx(0.7183488, abs=1e-4)
    assert [found.asked for found in moments] == [False, True, True, True]


def test_a_carry_grows_by_rows_that_start_anew_and_shrinks_to_its_first_rows() -> None:
    carry, _ = trm()(batch(3), None, 1)
    grown, cut = carry.resized(5), carry.resized(2)
    assert grown.halted.tolist() == [False, False, False, True, True]
    assert torch.equal(grown.latents.high[:3], carry.latents.high)
    assert cut.steps.tolist() == [1, 1]
    assert torch.equal(cut.puzzles["inputs"], carry.puzzles["inputs"][:2])
