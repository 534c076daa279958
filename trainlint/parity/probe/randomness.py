"""The random generators of a process in, short digests of their states out; nothing is drawn."""

from __future__ import annotations

import pickle
import random
import sys
import zlib

import torch
from torch import Tensor

from .digests import contents, written
from .stream import Stream


def generators(stream: Stream) -> dict[str, int]:
    """The records of the states of all generators where contents are kept."""
    if not stream.keeps:
        return {}
    found = {"torch": torch.get_rng_state(), "python": _packed(random.getstate())}
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        found["numpy"] = _packed(numpy.random.get_state())
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["cuda"] = torch.cuda.get_rng_state()
    return dict(zip(found, written(found.values(), stream), strict=True))


def put(name: str, state: Tensor) -> None:
    """Set a generator to a state that was recorded."""
    if name == "torch":
        torch.set_rng_state(state)
    elif name == "cuda" and torch.cuda.is_available():
        torch.cuda.set_rng_state(state)
    elif name == "python":
        random.setstate(pickle.loads(contents(state)))
    elif name == "numpy" and "numpy" in sys.modules:
        sys.modules["numpy"].random.set_state(pickle.loads(contents(state)))


def _packed(state: object) -> Tensor:
    return torch.frombuffer(bytearray(pickle.dumps(state)), dtype=torch.uint8)


def states() -> dict[str, int]:
    """A digest of each generator's state, by the generator's name."""
    found = {
        "torch": zlib.crc32(contents(torch.get_rng_state())),
        # Not of all of it: None has another hash in each process.
        "python": hash(random.getstate()[1]) & 0xFFFFFFFF,
    }
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        _, keys, position, *_ = numpy.random.get_state(legacy=True)
        found["numpy"] = zlib.crc32(keys.tobytes(), position)
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["cuda"] = zlib.crc32(contents(torch.cuda.get_rng_state()))
    return found
