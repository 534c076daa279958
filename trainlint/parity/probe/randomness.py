"""The random generators of a process in, short digests of their states out; nothing is drawn."""

from __future__ import annotations

import random
import sys
import zlib

import torch

from .digests import written
from .stream import Stream


def generator(stream: Stream) -> int:
    """The record of the state of torch's generator where contents are kept, else -1."""
    return written([torch.get_rng_state()], stream)[0] if stream.keeps else -1


def states() -> dict[str, int]:
    """A digest of each generator's state, by the generator's name."""
    found = {
        "torch": zlib.crc32(torch.get_rng_state().numpy().tobytes()),
        "python": hash(random.getstate()) & 0xFFFFFFFF,
    }
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        _, keys, position, *_ = numpy.random.get_state(legacy=True)
        found["numpy"] = zlib.crc32(keys.tobytes(), position)
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        found["cuda"] = zlib.crc32(torch.cuda.get_rng_state().numpy().tobytes())
    return found
