"""Calls that draw random numbers in; how often, from which generator and where out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.utils._device import _device_constructors

from .patches import passing
from .sites import site

_FUNCTIONS = (
    "bernoulli",
    "multinomial",
    "normal",
    "poisson",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
)
_METHODS = (
    "bernoulli_",
    "cauchy_",
    "exponential_",
    "geometric_",
    "log_normal_",
    "multinomial",
    "normal_",
    "random_",
    "uniform_",
)
_PYTHON = ("choice", "choices", "gauss", "randint", "random", "randrange", "sample", "shuffle", "uniform")
_NUMPY = (
    "choice",
    "normal",
    "permutation",
    "rand",
    "randint",
    "randn",
    "random",
    "random_sample",
    "shuffle",
    "standard_normal",
    "uniform",
)


class Draws:
    """How often which function drew from which generator, by the line of the program."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def taken(self) -> list[list[object]]:
        """What was drawn since the last time: generator, function, line, how often."""
        found: list[list[object]] = [[*key, count] for key, count in self._seen.items()]
        self._seen.clear()
        return found

    def watch_torch(self) -> None:
        """Count what is drawn with torch; what a network drops out counts where it does."""
        # torch makes tensors on a default device where it knows the function, which it is asked once.
        _device_constructors()
        self._watch(torch, _FUNCTIONS, _torch)
        self._watch(Tensor, _METHODS, _torch)
        self._watch(torch.nn.functional, ("dropout",), _dropout)

    def watch_python(self, module: ModuleType) -> None:
        """Count what is drawn with the standard library."""
        self._watch(module, _PYTHON, lambda *_, **__: "Python's generator")

    def watch_numpy(self, module: Any) -> None:
        """Count what is drawn with numpy's own generator."""
        self._watch(module.random, _NUMPY, lambda *_, **__: "numpy's generator")

    def _watch(self, owner: Any, names: Iterable[str], generator: Callable[..., str]) -> None:
        def watching(name: str) -> Callable[..., None]:
            def drawn(*args: Any, **more: Any) -> None:
                which = generator(*args, **more)
                if which:
                    self._seen[which, name, site()] += 1

            return drawn

        for name in names:
            passing(owner, name, watching(name))


def _torch(*_: Any, generator: Any = None, **__: Any) -> str:
    return "torch's generator" if generator is None else "a generator of its own"


def _dropout(_: Any, p: float = 0.5, training: bool = True, *__: Any, **___: Any) -> str:
    return "torch's generator" if training and p else ""
