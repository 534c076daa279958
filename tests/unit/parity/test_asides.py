"""Copies of the weights are found wherever a program keeps them, and nothing else is taken for one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import torch
from torch import nn

from trainlint.parity.probe.asides import Asides
from trainlint.parity.probe.stream import Stream


class Watched:
    """A network whose asides are looked at."""

    def __init__(self, folder: Path) -> None:
        self.network = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.Linear(7, 2))
        self.trained = list(self.network.parameters())
        self._folder = folder
        self._stream = Stream(str(folder), 0)
        self._stream.open()
        self._asides = Asides(self._stream)

    def look(self, step: int) -> dict[str, Any]:
        self._asides.look(step, [self.network], self.trained, set())
        self._stream.flush()
        (events,) = self._folder.glob("*.jsonl")
        found: dict[str, Any] = json.loads(events.read_text().splitlines()[-1])
        return found


def test_averages_in_modules_tables_and_lists_are_found(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    module = copy.deepcopy(watched.network)
    table = {name: 0.9 * value.detach() for name, value in watched.network.named_parameters()}
    row = [0.8 * value.detach() for value in watched.trained]
    first = watched.look(0)
    assert len(first["copies"]) == 3
    assert {tuple(found) for found in first["copies"]} == {tuple(table), ("0", "1", "2", "3", "4", "5")}
    assert set(first["buffers"]) == {"1.running_mean", "1.running_var", "1.num_batches_tracked"}
    del module, table, row
    assert len(watched.look(1)["copies"]) == 0


def test_gradients_and_the_weights_themselves_are_no_copies(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.network(torch.ones(4, 5)).square().sum().backward()
    own = torch.Generator().manual_seed(3)
    kept = [
        [value.grad for value in watched.trained],
        list(watched.trained),
        watched.network.state_dict(),
        {name: torch.randn(value.shape, generator=own) for name, value in watched.network.named_parameters()},
    ]
    assert watched.look(0)["copies"] == []
    assert len(kept) == 4
