"""The eight symmetries of a square grid."""

from __future__ import annotations

import numpy as np

from trainer.data.puzzles.group import Grid

#: Their numbers; 0 changes nothing, from 4 on they mirror as well.
SYMMETRIES = range(8)


def transformed(grid: Grid, symmetry: int) -> Grid:
    """The grid turned by `symmetry % 4` quarters, mirrored before that from 4 on."""
    return np.rot90(np.fliplr(grid) if symmetry >= 4 else grid, symmetry % 4)
