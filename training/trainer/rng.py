"""Random numbers: every generator's state out, and back in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int, *place: int) -> None:
    """Seed Python, numpy and torch for one place in a run: 0 is what all ranks share, 1 + r is rank r.

    Places of one seed do not overlap with those of another, as those of `seed + rank` would.
    """
    words = [int(word) for word in np.random.SeedSequence((seed, *place)).generate_state(3)]
    random.seed(words[0])
    np.random.seed(words[1])
    torch.manual_seed(words[2])


def rng_state() -> dict[str, Any]:
    """The state of every generator, in types that `torch.load(weights_only=True)` takes."""
    version, numbers, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    state: dict[str, Any] = {
        "python": [version, list(numbers), gauss],
        "numpy": [name, torch.from_numpy(np.asarray(keys).astype(np.int64)), position, has_gauss, cached],
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state()
    if torch.backends.mps.is_available():
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_rng_state(state: dict[str, Any]) -> None:
    """Go on drawing where `rng_state` was taken; generators of devices that are not here are left out."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"].cpu())
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"].cpu())
    if "mps" in state and torch.backends.mps.is_available():
        torch.mps.set_rng_state(state["mps"].cpu())


@contextmanager
def untouched_rng() -> Iterator[None]:
    """Whatever is drawn inside, training goes on as if nothing had been."""
    state = rng_state()
    try:
        yield
    finally:
        set_rng_state(state)
