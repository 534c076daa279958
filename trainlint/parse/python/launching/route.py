"""The ways that a program can go, one after the other: what is unknown is decided differently on each."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

#: How many ways through a program are tried, and how many steps they may take together.
MAX_ROUTES = 256
MAX_STEPS = 80_000
#: So many ways in a row may lead to nothing new, and so many more for each that led to a launch.
_BARREN, _BARREN_MORE = 24, 8


class SpentError(Exception):
    """The steps for this program are used up."""


class Yield(Enum):
    """What a way led to that no way before it had led to."""

    NOTHING = 0
    CODE = 1
    LAUNCH = 2


class Decision(NamedTuple):
    """How many alternatives there were, which was taken, what it costs to leave the first one, and where."""

    alternatives: int
    chosen: int
    cost: int
    site: Hashable


@dataclass
class Route:
    """One way: the first decisions are given, the others take the first alternative.

    `taken` are the decisions in order.
    """

    given: tuple[int, ...]
    steps: int = 0
    limit: int = MAX_STEPS
    taken: list[Decision] = field(default_factory=list)
    _memory: dict[Hashable, int] = field(default_factory=dict)

    def step(self, count: int = 1) -> None:
        """Count steps; what makes long texts and lists counts as many."""
        self.steps += count
        if self.steps > self.limit:
            raise SpentError

    def decided(self, key: Hashable) -> int | None:
        """What has been decided about a key."""
        return self._memory.get(key)

    def choose(self, key: Hashable, count: int, cost: int = 1, site: Hashable = None) -> int:
        """Which of `count` alternatives this way takes; the same for the same key."""
        known = self._memory.get(key)
        if known is not None and known < count:
            return known
        position = len(self.taken)
        chosen = self.given[position] if position < len(self.given) else 0
        self.taken.append(Decision(count, chosen, cost, site if site is not None else key))
        self._memory[key] = chosen
        return chosen

    def settle(self, key: Hashable, chosen: int) -> None:
        """Decide about a key without an alternative."""
        self._memory[key] = chosen


@dataclass
class Exploration:
    """Tries the ways from one start, those that leave the usual one least often first.

    A way that led to nothing new is not combined with decisions that have been tried on other ways.
    """

    follow: Callable[[Route], Yield]
    _pending: list[tuple[int, int, tuple[int, ...]]] = field(default_factory=lambda: [(0, 0, ())])
    _tried: set[Hashable] = field(default_factory=set)
    _started: int = 0
    _barren: int = 0
    _fruitful: int = 0

    @property
    def complete(self) -> bool:
        """Whether no way is left."""
        return not self._pending

    def advance(self, steps: int) -> int:
        """Try ways until so many steps are taken; how many it took."""
        taken = 0
        while self._pending and taken < steps and self._is_worth_it():
            cost, order, given = heapq.heappop(self._pending)
            route = Route(given, limit=steps - taken)
            try:
                gain = self.follow(route)
            except SpentError:
                heapq.heappush(self._pending, (cost, order, given))
                return taken + route.steps
            taken += route.steps
            self._started += 1
            self._barren = self._barren + 1 if gain is Yield.NOTHING else 0
            self._fruitful += gain is Yield.LAUNCH
            self._branch(route, cost, gain)
        return taken

    def _is_worth_it(self) -> bool:
        return self._started < MAX_ROUTES and self._barren <= _BARREN + _BARREN_MORE * self._fruitful

    def _branch(self, route: Route, cost: int, gain: Yield) -> None:
        """Put the ways that leave this one on the list."""
        prefix = tuple(decision.chosen for decision in route.taken)
        for position in range(len(route.given), len(route.taken)):
            decision = route.taken[position]
            if gain is Yield.NOTHING and decision.cost and decision.site in self._tried:
                continue
            self._tried.add(decision.site)
            for other in range(1, decision.alternatives):
                order = (self._started + 1) * MAX_ROUTES * MAX_ROUTES + len(self._pending)
                heapq.heappush(self._pending, (cost + decision.cost, order, (*prefix[:position], other)))
