"""Parts of a network that run more often in one program are told where gradients differ, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from trainlint.facts.parity import Digest, Observation, Phase
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.links import Parameter
from trainlint.parity.parts import called
from trainlint.parity.pieces import Form
from trainlint.parity.probe.parts import Parts
from trainlint.parity.trace import Event, Trace
from trainlint.parity.view import View


class Reasoner(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(3, 3)
        self.core = nn.Sequential(nn.Linear(3, 3), nn.Tanh())

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        encoded: torch.Tensor = self.encoder(rows)
        state = encoded
        for _ in range(3):
            state = checkpoint(self.core, state + encoded, use_reentrant=False)
        return state.sum()


@pytest.fixture
def parts() -> Iterator[Parts]:
    """Calls are as they were once the test is done."""
    plain, watched = nn.Module.__call__, Parts()
    watched.watch()
    yield watched
    nn.Module.__call__ = plain  # type: ignore[method-assign]  # as above


def test_calls_of_parts_are_counted_but_where_they_are_computed_again(parts: Parts) -> None:
    network = Reasoner()
    parts.look([network], list(network.parameters()))
    network(torch.ones(2, 3)).backward()
    with torch.no_grad():
        network(torch.ones(2, 3))
    assert parts.taken() == [1, 1, 3, 3]
    assert parts.taken() == [0, 0, 0, 0]


def seen(calls: list[int], names: list[str], gradient: float) -> list[Observation]:
    update = Event("update", 0, {"calls": calls})
    parameters = {
        place: Parameter(place, name, Digest((1,), "torch.float32", place, 1.0, 1.0, 1.0), True)
        for place, name in enumerate(names)
    }
    view = View(tuple(Form(name, (place,)) for place, name in enumerate(names)), parameters)
    trace = Trace(0, (update,), b"", b"", Path())
    return [*called(trace, view), Observation(0, Phase.GRAD, "gradient", gradient, None)]


NAMES = ["model.encoder.in.weight", "model.encoder.out.weight", "model.core.weight", "model.head.weight"]


def test_a_part_that_runs_more_often_explains_other_gradients() -> None:
    once, each_time = seen([1, 1, 3, 0], NAMES, 1.0), seen([3, 3, 3, 0], NAMES, 2.0)
    assert [entry.quantity for entry in once] == ["calls of model.encoder", "calls of model.core", "gradient"]
    found = divergences(once, each_time, exactly, 1)
    assert [(entry.quantity, entry.candidate) for entry in found] == [
        ("calls of model.encoder", "3"),
        ("gradient", "2"),
    ]
    assert divergences(once, seen([3, 3, 3, 0], NAMES, 1.0), exactly, 1) == []
