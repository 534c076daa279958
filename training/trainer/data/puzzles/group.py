"""What every kind of puzzle gives: groups of pairs, each a question and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

#: Token numbers of grids, or anything else that counts.
Grid = npt.NDArray[np.int64]

#: The token of places outside a puzzle; no puzzle has it inside.
PAD_ID = 0
#: The label of places that are not asked for.
IGNORE_LABEL_ID = -100
#: The identifier of puzzles that all follow one rule, which needs no name.
BLANK_IDENTIFIER_ID = 0


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pairs that follow one rule: both of shape (pairs, seq_len)."""

    inputs: Grid
    labels: Grid


class PuzzleKind(Protocol):
    """One kind of puzzle."""

    @property
    def vocab_size(self) -> int:
        """Token numbers, the padding included."""

    @property
    def seq_len(self) -> int:
        """Cells of one puzzle."""

    @property
    def one_rule(self) -> bool:
        """Whether all groups follow the same rule, so that none needs a name or demonstrations of its own."""

    def group(self, rng: np.random.Generator, pairs: int) -> Group:
        """Draw a group of that many pairs."""
