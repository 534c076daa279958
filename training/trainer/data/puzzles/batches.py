"""The arrays of one split in, batches of puzzles out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from trainer.data.batches import Batch
from trainer.data.puzzles.group import Grid
from trainer.data.puzzles.metadata import Mode, PuzzleMetadata
from trainer.errors import TrainerError

#: What an example of each mode has.
KEYS = {
    Mode.embedding: ("inputs", "labels", "puzzle_identifiers"),
    Mode.encoder: ("inputs", "labels", "demo_inputs", "demo_labels", "demo_mask"),
}
#: Uniform numbers in [0, 1) of each row, for whoever explores: see `trainer.act.halts`.
DRAWS = "draws"
NUM_DRAWS = 3


class PuzzleBatches:
    """Examples in an order that is another one in each epoch; every epoch has each example once.

    Beside the examples a batch has `draws`, so that exploration is a function of the seed and the batch's
    number as well: it is the same after a resume, on other devices and on any number of ranks.
    """

    def __init__(self, arrays: dict[str, Grid], *, seed: int) -> None:
        self.arrays = arrays
        self.seed = seed
        self._epoch = lru_cache(maxsize=2)(self._drawn_epoch)

    def batch(self, index: int, size: int) -> Batch:
        """The arrays' rows as int64 of shape (size, …), and `draws` of shape (size, NUM_DRAWS)."""
        total = len(self.arrays["inputs"])
        places = np.arange(index * size, (index + 1) * size)
        rows = np.array([self._epoch(place // total)[place % total] for place in places.tolist()])
        batch = {name: torch.from_numpy(array[rows].astype(np.int64)) for name, array in self.arrays.items()}
        uniform = self._generator(1, index).random((size, NUM_DRAWS), dtype=np.float32)
        return {**batch, DRAWS: torch.from_numpy(uniform)}

    def _drawn_epoch(self, number: int) -> Grid:
        return self._generator(0, number).permutation(len(self.arrays["inputs"]))

    def _generator(self, purpose: int, number: int) -> np.random.Generator:
        """Counter-based: nothing has to be drawn up to a number to know it."""
        return np.random.Generator(np.random.Philox(key=self.seed, counter=[0, 0, purpose, number]))


def read_split(folder: Path, mode: Mode) -> tuple[PuzzleMetadata, dict[str, Grid]]:
    """One split, checked.

    Raises TrainerError when it is missing, of the other mode, or contradicts itself.
    """
    metadata = PuzzleMetadata.read(folder)
    if metadata.mode != mode.value:
        raise TrainerError(
            f"{folder} was built in {metadata.mode} mode, the model needs {mode.value} mode: take "
            f"{'arch=trm' if mode is Mode.encoder else 'arch=etrm'}, or build with --mode {mode.value}"
        )
    arrays = {name: _array(folder / f"{name}.npy") for name in KEYS[mode]}
    _agree(folder, metadata, arrays)
    return metadata, arrays


def _array(file: Path) -> Grid:
    try:
        array: Grid = np.load(file, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise TrainerError(f"{file} cannot be read: {error}; build the puzzles again") from error
    return array


def _agree(folder: Path, metadata: PuzzleMetadata, arrays: dict[str, Grid]) -> None:
    """Refuse arrays that are not what the metadata say."""
    rows, cells, room = round(metadata.samples), (metadata.seq_len,), (metadata.num_demonstrations,)
    shapes = {
        "puzzle_identifiers": (rows,),
        "demo_mask": (rows, *room),
        "demo_inputs": (rows, *room, *cells),
        "demo_labels": (rows, *room, *cells),
    }
    limits = {"puzzle_identifiers": metadata.num_puzzle_identifiers, "demo_mask": 2}
    for name, array in arrays.items():
        expected, limit = shapes.get(name, (rows, *cells)), limits.get(name, metadata.vocab_size)
        if array.shape != expected:
            raise TrainerError(f"{folder / name}.npy has shape {array.shape}, the metadata say {expected}")
        if array.max(initial=0) >= limit:
            raise TrainerError(
                f"{folder / name}.npy has the number {array.max()}, the metadata allow numbers below {limit}"
            )
