"""Weights that a program changes once they were digested are what training goes on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from trainlint.parity.probe.settled import Settled
from trainlint.parity.probe.stream import Stream
from trainlint.parity.trace import read_traces
from trainlint.parity.view import parameters


class Weights:
    """Weights of a network that are looked at."""

    def __init__(self, folder: Path) -> None:
        self.trained = list(nn.Linear(3, 4).parameters())
        self.folder = folder
        self.stream = Stream(str(folder), 0)
        self.stream.open()
        self.settled = Settled(self.stream, None)

    def changed(self, step: int, change: Callable[[Tensor], object]) -> bool:
        """Whether weights are noted where they are changed between an update and the next pass."""
        before = len(self.events())
        self.settled.left(step, self.trained)
        for entry in self.trained:
            change(entry)
        self.settled.look(self.trained)
        return len(self.events()) > before

    def events(self) -> list[str]:
        self.stream.flush()
        (events,) = self.folder.glob("*.jsonl")
        return events.read_text().splitlines()


def assigned(entry: Tensor) -> None:
    entry.data = entry.data.bfloat16().float()


def bounded(entry: Tensor) -> None:
    entry.data.clamp_(-0.01, 0.01)


@torch.no_grad()
def scaled(entry: Tensor) -> None:
    entry.mul_(0.5)


@pytest.mark.parametrize("change", [assigned, bounded, scaled])
def test_what_is_changed_is_noted_and_what_is_not_is_not(
    tmp_path: Path, change: Callable[[Tensor], object]
) -> None:
    weights = Weights(tmp_path)
    assert not weights.changed(0, lambda _: None)
    assert weights.changed(1, change)
    assert weights.changed(7, change)


def test_each_update_has_the_weights_that_the_next_pass_finds(tmp_path: Path) -> None:
    weights = Weights(tmp_path)
    described = [["", list(entry.shape), str(entry.dtype), True] for entry in weights.trained]
    weights.stream.event("init", step=0, parameters=described, tensors=[0, 1])
    assert weights.changed(-1, scaled)
    weights.stream.event("update", step=0, tensors=[5, 6])
    weights.stream.event("update", step=1, tensors=[7, 8])
    weights.stream.event("settled", step=1, tensors=[9, 10])
    weights.stream.flush()
    weights.stream.stopped()
    (trace,) = read_traces(tmp_path, tmp_path)
    assert [event["tensors"] for event in trace.events] == [[0, 1], [5, 6], [9, 10]]
    held = [entry.digest.norm for entry in parameters(trace)]
    assert held == pytest.approx([float(entry.detach().double().norm()) for entry in weights.trained])
