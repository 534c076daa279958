"""Copies of networks are told from the networks, from parts of them, and from others of their class."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from trainlint.parity.probe.copies import Copies


class Network(nn.Module):
    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.first = nn.Linear(3, width)
        self.second = nn.Linear(width, 2)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.second(self.first(rows).tanh())
        return found


class Wrapper(nn.Module):
    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, rows: torch.Tensor) -> Any:
        return self.inner(rows)


def test_calls_of_copies_are_seen() -> None:
    seen: list[nn.Module] = []

    def around(
        module: nn.Module, plain: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]
    ) -> Any:
        seen.append(module)
        return plain(*args, **more)

    network, rows = Network(), torch.ones(2, 3)
    watched, copies = Wrapper(network), Copies(around)
    copies.look([watched], list(watched.parameters()))
    average, average_of_all = AveragedModel(network), copy.deepcopy(watched)
    assert {id(entry) for entry in copies.alive()} >= {id(average.module), id(average_of_all)}
    for called in (
        watched,
        network,
        Network(5),
        nn.Linear(3, 4),
        average,
        average_of_all,
        copy.copy(watched),
    ):
        assert called(rows).shape == (2, 2) or called(rows).shape == (2, 4)
    assert seen == [average.module, average_of_all]
