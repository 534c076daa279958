"""Sudoku of 4x4 and 9x9 cells: random grids, dug out as long as one solution is left.

Tokens: 0 padding, 1 an empty cell, 1 + d the digit d.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.data.puzzles.group import Grid, Group


@dataclass(frozen=True, kw_only=True)
class Sudoku:
    """`box` is the side of a box: 2 for 4x4, 3 for 9x9."""

    box: int
    #: As many digits stay, more where fewer would leave two solutions.
    clues: int

    one_rule = True

    @property
    def side(self) -> int:
        """Rows, columns and digits."""
        return self.box**2

    @property
    def vocab_size(self) -> int:
        """Padding, empty, and the digits."""
        return self.side + 2

    @property
    def seq_len(self) -> int:
        """Cells, row by row."""
        return self.side**2

    def group(self, rng: np.random.Generator, pairs: int) -> Group:
        """One puzzle, then others that symmetries make of it (the augmentation of HRM, Wang et al. 2025)."""
        solution = filled(self.box, rng)
        puzzle = self._dug(solution, rng)
        made = [(puzzle, solution)]
        while len(made) < pairs:
            change = _Symmetry.draw(self.box, rng)
            made.append((change.of(puzzle), change.of(solution)))
        inputs, labels = (
            np.stack([grid.reshape(-1) for grid in grids]) + 1 for grids in zip(*made, strict=True)
        )
        return Group(inputs=inputs, labels=labels)

    def _dug(self, solution: Grid, rng: np.random.Generator) -> Grid:
        """The solution with cells emptied (0) in random order."""
        puzzle = solution.copy()
        left = puzzle.size
        for cell in rng.permutation(puzzle.size):
            if left <= self.clues:
                break
            digit = puzzle.flat[cell]
            puzzle.flat[cell] = 0
            if len(solutions(puzzle, self.box, limit=2)) > 1:
                puzzle.flat[cell] = digit
            else:
                left -= 1
        return puzzle


def filled(box: int, rng: np.random.Generator) -> Grid:
    """A random grid in which all digits stand as they must."""
    side = box**2
    return solutions(np.zeros((side, side), dtype=np.int64), box, limit=1, rng=rng)[0]


def solutions(puzzle: Grid, box: int, limit: int, rng: np.random.Generator | None = None) -> list[Grid]:
    """Up to `limit` solutions of a grid with 0 for empty; in random order where a generator is given."""
    search = _Search(puzzle.copy(), box, limit, rng)
    search.run()
    return search.found


class _Search:
    """Backtracking on the cell with the fewest digits left."""

    def __init__(self, grid: Grid, box: int, limit: int, rng: np.random.Generator | None) -> None:
        self.grid, self.box, self.limit, self.rng = grid, box, limit, rng
        self.found: list[Grid] = []
        side = box**2
        self.rows = [self._mask(grid[i]) for i in range(side)]
        self.columns = [self._mask(grid[:, i]) for i in range(side)]
        self.boxes = [
            self._mask(grid[r : r + box, c : c + box])
            for r in range(0, side, box)
            for c in range(0, side, box)
        ]
        self.empty = [(r, c) for r in range(side) for c in range(side) if not grid[r, c]]

    @staticmethod
    def _mask(cells: Grid) -> int:
        """The digits as bits."""
        return sum(1 << int(digit) for digit in set(cells.reshape(-1).tolist()) if digit)

    def _allowed(self, row: int, column: int) -> list[int]:
        used = self.rows[row] | self.columns[column] | self.boxes[self._box_of(row, column)]
        return [digit for digit in range(1, self.box**2 + 1) if not used >> digit & 1]

    def _box_of(self, row: int, column: int) -> int:
        return row // self.box * self.box + column // self.box

    def run(self) -> None:
        """Fill the next cell in every way that is left."""
        if not self.empty:
            self.found.append(self.grid.copy())
            return
        place, digits = self._narrowest()
        self.empty.remove(place)
        if self.rng is not None:
            self.rng.shuffle(digits)
        for digit in digits:
            self._toggle(place, digit)
            self.grid[place] = digit
            self.run()
            self._toggle(place, digit)
            if len(self.found) >= self.limit:
                break
        self.grid[place] = 0
        self.empty.append(place)

    def _narrowest(self) -> tuple[tuple[int, int], list[int]]:
        choices = ((place, self._allowed(*place)) for place in self.empty)
        return min(choices, key=lambda choice: len(choice[1]))

    def _toggle(self, place: tuple[int, int], digit: int) -> None:
        row, column = place
        bit = 1 << digit
        self.rows[row] ^= bit
        self.columns[column] ^= bit
        self.boxes[self._box_of(row, column)] ^= bit


@dataclass(frozen=True)
class _Symmetry:
    """A change that keeps every rule: where each row and column comes from, what digits become."""

    rows: Grid
    columns: Grid
    digits: Grid
    transposed: bool

    @classmethod
    def draw(cls, box: int, rng: np.random.Generator) -> _Symmetry:
        """Any of them."""
        digits = np.concatenate(([0], 1 + rng.permutation(box**2)))
        return cls(_lines(box, rng), _lines(box, rng), digits, bool(rng.integers(2)))

    def of(self, grid: Grid) -> Grid:
        """The grid, changed."""
        changed = self.digits[grid[self.rows][:, self.columns]]
        return changed.T if self.transposed else changed


def _lines(box: int, rng: np.random.Generator) -> Grid:
    """Rows (or columns) shuffled within their boxes, and the boxes shuffled."""
    return np.concatenate([box * band + rng.permutation(box) for band in rng.permutation(box)])
