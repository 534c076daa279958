"""The loss of steps, and what a loss head remembers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn
from trainer.act_loss import (
    DynamicHalting,
    FixedHalting,
    loss_head,
    rated,
    softmax_cross_entropy,
    stablemax_cross_entropy,
)
from trainer.configuration.arch import AnnealingConfig, Halting, TRMConfig
from trainer.models.recursive.core import Answer
from trainer.rng import rng_state
from trainer.schedules import Clock

from tests.training.recursive.tiny import SIZES, batch, trm

CLOCK = Clock(step=0, total_steps=10)


class Counting(nn.Module):
    """A reasoner that notes how many steps each forward takes."""

    def __init__(self) -> None:
        super().__init__()
        self.model = trm()
        self.steps: list[int] = []

    def forward(self, *given: Any) -> Any:
        """As the reasoner."""
        self.steps.append(given[-1])
        return self.model(*given)


def _head(halting: Halting, **others: Any) -> Any:
    return loss_head(TRMConfig(**SIZES, halting=halting, **others))


def test_stablemax_is_the_formula_of_its_paper_and_sums_to_one() -> None:
    logits = torch.tensor([[[-3.0, 0.0, 2.0]]])
    scores = torch.tensor([1 / 4, 1.0, 3.0])
    losses = [float(stablemax_cross_entropy(logits, torch.tensor([[label]]))) for label in range(3)]
    assert losses == pytest.approx((-(scores / scores.sum()).log()).tolist())
    assert sum(torch.tensor(losses).neg().exp()) == pytest.approx(1.0)


def test_stablemax_has_finite_gradients_however_large_logits_are() -> None:
    logits = torch.tensor([[[1e30, -1e30, 0.0]]], requires_grad=True)
    stablemax_cross_entropy(logits, torch.tensor([[1]])).sum().backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("loss", [softmax_cross_entropy, stablemax_cross_entropy])
def test_ignored_cells_cost_nothing_and_teach_nothing(loss: Any) -> None:
    logits = torch.randn(1, 3, 4, requires_grad=True)
    found = loss(logits, torch.tensor([[1, -100, 2]]))
    found.sum().backward()
    assert found[0, 1] == 0
    assert logits.grad is not None
    assert logits.grad[0, 1].abs().sum() == 0
    assert logits.grad[0, 0].abs().sum() > 0


def test_answers_are_rated_by_the_cells_that_are_asked_for() -> None:
    labels = torch.tensor([[1, 2, -100], [1, 2, 0]])
    logits = nn.functional.one_hot(torch.tensor([[1, 2, 2], [1, 0, 0]]), 3).float()
    rows = rated(Answer(logits=logits, q_halt=torch.tensor([2.0, 3.0])), labels, softmax_cross_entropy)
    assert rows.right.tolist() == [2, 2]
    assert rows.asked.tolist() == [2, 3]
    assert rows.exact.tolist() == [True, False]
    assert rows.q_right.tolist() == [True, False]
    assert rows.going_on.tolist() == pytest.approx([1 / (1 + 2.718281828**2), 1 / (1 + 2.718281828**3)])


def test_dynamic_halting_takes_one_step_a_forward_and_the_carry_goes_on() -> None:
    model, head = Counting(), _head(Halting.dynamic)
    for step in range(4):
        head(model, batch(3, seed=step), CLOCK, 0)
    # The head of a fresh model never halts: all rows are on the first batch up to the last step.
    assert model.steps == [1, 1, 1, 1]
    carry = head.carries[0]
    assert carry.steps.tolist() == [4, 4, 4]
    assert carry.halted.tolist() == [True, True, True]
    assert torch.equal(carry.puzzles["inputs"], batch(3, seed=0)["inputs"])
    head(model, batch(3, seed=9), CLOCK, 0)
    assert head.carries[0].steps.tolist() == [1, 1, 1]
    assert torch.equal(head.carries[0].puzzles["inputs"], batch(3, seed=9)["inputs"])


def test_each_micro_step_has_a_carry_of_its_own() -> None:
    model, head = trm(), _head(Halting.dynamic)
    head(model, batch(2, seed=0), CLOCK, 0)
    head(model, batch(3, seed=1), CLOCK, 1)
    head(model, batch(2, seed=2), CLOCK, 0)
    assert [head.carries[slot].steps.tolist() for slot in (0, 1)] == [[2, 2], [1, 1, 1]]


def test_fixed_halting_takes_all_steps_in_one_forward_and_remembers_nothing() -> None:
    model, head = Counting(), _head(Halting.fixed)
    before = head(model, batch(3), CLOCK, 0)
    again = head(model, batch(3), CLOCK, 1)
    assert model.steps == [4, 4]
    assert torch.equal(before.loss, again.loss)
    assert head.state_dict() == {}


def test_the_loss_of_fixed_halting_is_the_mean_of_its_steps() -> None:
    model = trm()
    fixed = _head(Halting.fixed)(model, batch(3), CLOCK, 0).loss
    dynamic = _head(Halting.dynamic)
    steps = [dynamic(model, batch(3), CLOCK, 0).loss for _ in range(4)]
    torch.testing.assert_close(fixed, torch.stack(steps).mean())


def test_a_penalty_for_going_on_pushes_the_halting_head_towards_halting() -> None:
    model = trm()
    slopes = []
    for weight in (0.0, 5.0):
        model.zero_grad()
        penalty = AnnealingConfig(start=weight, end=weight)
        _head(Halting.dynamic, step_penalty=penalty)(model, batch(3), CLOCK, 0).loss.backward()
        assert model.core.q_head.bias.grad is not None
        slopes.append(float(model.core.q_head.bias.grad))
    assert slopes[1] < slopes[0]


def test_a_head_that_was_saved_goes_on_as_the_one_that_was_not() -> None:
    model, head = trm(), _head(Halting.dynamic, exploration=AnnealingConfig(start=0.5, end=0.5))
    nn.init.constant_(model.core.q_head.bias, 1.0)
    for step in range(3):
        head(model, batch(4, seed=step), CLOCK, 0)
    assert len(set(head.carries[0].steps.tolist())) > 1
    other = _head(Halting.dynamic, exploration=AnnealingConfig(start=0.5, end=0.5))
    other.load_state_dict(copy.deepcopy(head.state_dict()))
    new = batch(4, seed=7)
    assert torch.equal(head(model, new, CLOCK, 0).loss, other(model, new, CLOCK, 0).loss)
    # And with nothing remembered it would not: the test can fail.
    anew = _head(Halting.dynamic)
    assert not torch.equal(head(model, new, CLOCK, 0).loss, anew(model, new, CLOCK, 0).loss)


def test_measuring_takes_all_steps_and_touches_neither_carry_nor_generators() -> None:
    model, head = Counting(), _head(Halting.dynamic)
    head(model, batch(3), CLOCK, 0)
    kept, drawn = copy.deepcopy(head.state_dict()), rng_state()
    with torch.no_grad():
        found = head.measure(model, batch(5, seed=3))
    assert model.steps == [1, 4]
    assert _equal(head.state_dict(), kept)
    assert torch.equal(rng_state()["torch"], drawn["torch"])
    assert {name: int(count) for name, (_, count) in found.items()} == {
        "loss": 5,
        "cell_accuracy": 30,
        "exact_accuracy": 5,
        "q_halt_accuracy": 5,
    }


def test_metrics_of_a_step_are_of_the_rows_that_ended() -> None:
    model, head = trm(), _head(Halting.dynamic)
    counts = [head(model, batch(3), CLOCK, 0).metrics["steps"] for _ in range(4)]
    assert [(int(total), int(count)) for total, count in counts] == [(0, 0)] * 3 + [(12, 3)]


def test_each_halting_has_its_head() -> None:
    assert isinstance(_head(Halting.dynamic), DynamicHalting)
    assert isinstance(_head(Halting.fixed), FixedHalting)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else bool(one == other)
