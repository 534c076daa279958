"""Weights of networks that have not been called yet in, what they are called there out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from .alive import alive
from .digests import address


def names_elsewhere(
    tensors: Sequence[Tensor], taken: set[str], roots: Sequence[torch.nn.Module]
) -> Mapping[int, list[str]]:
    """By where each lies: its names in the outermost module that holds it and none of the roots.

    Several networks may have the same names: those of one that has a name of another begin with its number.
    """
    wanted = {address(entry): place for place, entry in enumerate(tensors) if address(entry)}
    names: dict[int, list[str]] = {}
    for number, module in enumerate(_outermost(wanted, {id(root) for root in roots}) if wanted else (), 2):
        own = [
            (name, address(entry))
            for name, entry in module.named_parameters(remove_duplicate=False)
            if address(entry) in wanted
        ]
        begin = "" if taken.isdisjoint(name for name, _ in own) else f"network{number}."
        for name, place in own:
            taken.add(begin + name)
            names.setdefault(place, []).append(begin + name)
    return names


def _outermost(wanted: Mapping[int, int], roots: set[int]) -> Sequence[torch.nn.Module]:
    """The modules that hold some of what is wanted, in the order of what they hold."""
    (modules,) = alive(torch.nn.Module)
    holding = (module for module in modules if any(True for _ in _places(module, wanted)))
    owners = [module for module in holding if roots.isdisjoint(_parts(module))]
    inner = {part for module in owners for part in _parts(module) if part != id(module)}
    outer = [module for module in owners if id(module) not in inner]
    return sorted(outer, key=lambda module: min(_places(module, wanted)))


def _places(module: torch.nn.Module, wanted: Mapping[int, int]) -> Iterator[int]:
    return (wanted[address(entry)] for entry in module.parameters() if address(entry) in wanted)


def _parts(module: torch.nn.Module) -> Iterator[int]:
    return (id(part) for part in module.modules())
