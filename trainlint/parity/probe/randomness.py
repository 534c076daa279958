"""The random generators of a process in, short digests of their states out; nothing is drawn."""

from __future__ import annotations

import random
import sys
import zlib

import torch


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
