"""One long row of tokens in, windows of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch

from trainer.data.batches import Batch
from trainer.errors import TrainerError


class Tokens(Protocol):
    """A row of tokens, in memory or mapped from files."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, wanted: slice, /) -> npt.NDArray[np.integer]:
        """Those from `start` to `stop`."""


@dataclass(frozen=True)
class Stretch:
    """The tokens of a row from `start` to `stop`; nothing is read before it is asked for."""

    row: Tokens
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, wanted: slice) -> npt.NDArray[np.integer]:
        start, stop, _ = wanted.indices(len(self))
        return self.row[self.start + start : self.start + stop]


class TokenWindows:
    """Windows of `block_size` tokens at random places, each with the same window one token later."""

    def __init__(self, tokens: Tokens, *, block_size: int, seed: int, name: str) -> None:
        if len(tokens) <= block_size:
            raise TrainerError(
                f"the {name} split has {len(tokens)} tokens, one window of data.block_size {block_size} "
                f"needs {block_size + 1}: take more data, a smaller block or another data.val_fraction"
            )
        self.tokens = tokens
        self.block_size = block_size
        self.seed = seed

    def batch(self, index: int, size: int) -> Batch:
        """`inputs` and `targets`, both of shape (size, block_size) and dtype int64."""
        # Counter-based: no generator has to be drawn up to `index` to know batch `index`.
        draw = np.random.Generator(np.random.Philox(key=self.seed, counter=[0, 0, 0, index]))
        starts = draw.integers(0, len(self.tokens) - self.block_size, size)
        rows = np.stack([self.tokens[s : s + self.block_size + 1] for s in starts]).astype(np.int64)
        both = torch.from_numpy(rows)
        return {"inputs": both[:, :-1].contiguous(), "targets": both[:, 1:].contiguous()}


def split(tokens: Tokens, val_fraction: float) -> dict[str, Stretch]:
    """The head of the row to train on, its tail to validate on."""
    cut = int(len(tokens) * (1.0 - val_fraction))
    return {"train": Stretch(tokens, 0, cut), "val": Stretch(tokens, cut, len(tokens))}
