"""Weights are called what they are called in the network that holds them, too before it is called."""

from __future__ import annotations

from torch import Tensor, nn

from trainlint.parity.probe.digests import address
from trainlint.parity.probe.owners import names_elsewhere


class Pair(nn.Module):
    """Holds two networks, and is never called itself."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = nn.Sequential(nn.Linear(3, 2))
        self.judge = nn.Sequential(nn.Linear(2, 1))


def told(network: nn.Module, taken: set[str], root: nn.Module, *more: Tensor) -> list[list[str]]:
    weights = [*network.parameters(), *more]
    found = names_elsewhere(weights, taken, [root])
    return [found.get(address(entry), []) for entry in weights]


def test_a_network_beside_the_one_that_is_called() -> None:
    root, other = nn.Linear(2, 2), nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    assert told(other, {"weight", "bias"}, root) == [["0.weight"], ["0.bias"]]
    assert told(other, {"0.weight"}, root) == [["network2.0.weight"], ["network2.0.bias"]]


def test_what_holds_both_does_not_count() -> None:
    pair = Pair()
    assert told(pair.judge, {"weight"}, pair.maker) == [["0.weight"], ["0.bias"]]
    assert told(pair, {"weight"}, nn.Linear(1, 1))[2] == ["judge.0.weight"]


def test_weights_that_are_tied_and_weights_that_nothing_holds() -> None:
    tied = nn.ModuleList([nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False)])
    tied[1].weight = tied[0].weight
    alone = nn.Parameter(tied[0].weight.detach().clone())
    assert told(tied, set(), nn.Linear(1, 1), alone) == [["0.weight", "1.weight"], []]
