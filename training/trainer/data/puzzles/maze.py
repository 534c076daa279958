"""Mazes: a tree of corridors, in which the one way from start to goal is to be marked.

Tokens: 0 padding, 1 wall, 2 free, 3 start, 4 goal, 5 the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.data.puzzles.group import Grid, Group
from trainer.data.puzzles.square import SYMMETRIES, transformed
from trainer.errors import TrainerError

WALL, FREE, START, GOAL, WAY = 1, 2, 3, 4, 5

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Maze:
    """`side` cells a side, walls included: an odd number."""

    side: int

    one_rule = True
    vocab_size = 6

    def __post_init__(self) -> None:
        """Refuse a side that has no room for rooms between walls."""
        if self.side < 5 or self.side % 2 == 0:
            raise TrainerError(f"a maze of side {self.side} cannot be drawn: take an odd number from 5 on")

    @property
    def seq_len(self) -> int:
        """Cells, row by row."""
        return self.side**2

    def group(self, rng: np.random.Generator, pairs: int) -> Group:
        """One maze, then turned and mirrored forms of it."""
        maze, answer = self._drawn(rng)
        chosen = [0, *rng.integers(len(SYMMETRIES), size=pairs - 1).tolist()]
        inputs, labels = (
            np.stack([transformed(grid, symmetry).reshape(-1) for symmetry in chosen])
            for grid in (maze, answer)
        )
        return Group(inputs=inputs, labels=labels)

    def _drawn(self, rng: np.random.Generator) -> tuple[Grid, Grid]:
        """A maze, and the same with its way."""
        maze = _corridors(self.side, rng)
        rooms = [(2 * int(r) + 1, 2 * int(c) + 1) for r, c in np.ndindex(self.side // 2, self.side // 2)]
        first, second = rng.choice(len(rooms), size=2, replace=False)
        start, goal = rooms[first], rooms[second]
        answer = maze.copy()
        for place in way(maze, start, goal):
            answer[place] = WAY
        for grid in (maze, answer):
            grid[start], grid[goal] = START, GOAL
        return maze, answer


def _corridors(side: int, rng: np.random.Generator) -> Grid:
    """Walls, with corridors dug by a walk that turns back where it is stuck: a tree over all rooms."""
    maze = np.full((side, side), WALL, dtype=np.int64)
    walk = [(1, 1)]
    maze[1, 1] = FREE
    while walk:
        row, column = walk[-1]
        steps = [
            (r, c)
            for r, c in ((row - 2, column), (row + 2, column), (row, column - 2), (row, column + 2))
            if 0 < r < side and 0 < c < side and maze[r, c] == WALL
        ]
        if not steps:
            walk.pop()
            continue
        r, c = steps[rng.integers(len(steps))]
        maze[(row + r) // 2, (column + c) // 2] = maze[r, c] = FREE
        walk.append((r, c))
    return maze


def way(maze: Grid, start: Place, goal: Place) -> list[Place]:
    """The places between two places of a tree of corridors, both ends left out."""
    came_from: dict[Place, Place] = {start: start}
    walk = [start]
    while goal not in came_from:
        row, column = walk.pop()
        for place in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if maze[place] != WALL and place not in came_from:
                came_from[place] = (row, column)
                walk.append(place)
    found = []
    place = came_from[goal]
    while place != start:
        found.append(place)
        place = came_from[place]
    return found
