"""ARC-like maps of colours: each group hides a rule, a symmetry of the square and a change of colours.

Tokens: 0 padding, 1 + c the colour c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.data.puzzles.group import IGNORE_LABEL_ID, PAD_ID, Grid, Group
from trainer.data.puzzles.square import SYMMETRIES, transformed
from trainer.errors import TrainerError


@dataclass(frozen=True, kw_only=True)
class Colours:
    """Square grids of 2 to `side` cells a side, in the corner of a field of `side`."""

    side: int
    #: How many there are.
    colours: int

    one_rule = False

    def __post_init__(self) -> None:
        """Refuse a field in which nothing can be seen."""
        if self.side < 2:
            raise TrainerError(f"a map of colours of side {self.side} shows no rule: take at least 2")
        if self.colours < 2:
            raise TrainerError(f"a map of {self.colours} colours shows no rule: take at least 2")

    @property
    def vocab_size(self) -> int:
        """The padding and the colours."""
        return self.colours + 1

    @property
    def seq_len(self) -> int:
        """Cells of the field, row by row."""
        return self.side**2

    def group(self, rng: np.random.Generator, pairs: int) -> Group:
        """Grids of one size, changed by one rule."""
        symmetry, colours = int(rng.integers(len(SYMMETRIES))), rng.permutation(self.colours)
        side = int(rng.integers(2, self.side + 1))
        grids = rng.integers(self.colours, size=(pairs, side, side))
        return Group(
            inputs=np.stack([self._field(grid + 1, PAD_ID) for grid in grids]),
            labels=np.stack(
                [self._field(colours[transformed(grid, symmetry)] + 1, IGNORE_LABEL_ID) for grid in grids]
            ),
        )

    def _field(self, grid: Grid, outside: int) -> Grid:
        """The grid in the upper left corner of the field, flat."""
        field = np.full((self.side, self.side), outside, dtype=np.int64)
        field[: len(grid), : len(grid)] = grid
        return field.reshape(-1)
