"""A term in, the numbers out at which its tests turn: steps, processes, settings, measured values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from trainlint.diff.computing import Case, Turns, attempt, defaults_of
from trainlint.facts.terms import Sort, Term
from trainlint.record import record

#: Operators whose answer is another one on either side of a number.
_TURNING = ("<", "<=", "==", "!=", "is", "is not", "min", "max", "//", "%")
#: So many tests of a term are looked at.
_TESTS = 24
_LAST_STEP = 2**27
#: So many values of what only a run knows are tried at the numbers that it is held against.
_TURNED = 6
#: At the first step behind the start, where factors of the step are not zero.
_ALONE = Case(1, 1, 0, {}, "")


def turns_of(term: Term, things: Mapping[int, object]) -> Turns:
    """Where the tests of a term turn, all else at its defaults; `things` are what stands for itself."""
    steps, worlds, ranks = set[int](), set[int](), set[int]()
    settings: dict[str, set[float]] = {}
    measured: dict[int, set[float]] = {}
    case = replace(_ALONE, settings=defaults_of(term))
    for one, other in _tests(term):
        parts = {id(part): part for side in (one, other) for part in side.walk()}
        facts = {part.value for part in parts.values() if part.sort is Sort.FACT}
        gap = _Gap(one, other, case, things)
        if any(part.sort is Sort.COUNTER for part in parts.values()):
            steps |= _beside(_roots(gap.at_step, whole=True))
        if "world size" in facts:
            worlds |= _beside(_roots(gap.at_world))
        if facts & {"rank", "local rank"}:
            ranks |= _beside(_roots(gap.at_rank))
        for name, value in (defaults_of(one) | defaults_of(other)).items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found = _roots(partial(gap.at_setting, name))
                settings.setdefault(name, set()).update(_near(found, value))
        known = [key for key in parts if isinstance(things.get(key), float)]
        for key in known if len(known) == 1 else ():
            found = _roots(partial(gap.at_thing, key))
            measured.setdefault(key, set()).update(at for root in found for at in _around(root))
    return Turns(
        frozenset(steps),
        frozenset(worlds),
        frozenset(ranks),
        {name: frozenset(values) for name, values in settings.items()},
        {key: frozenset(values) for key, values in measured.items()},
    )


@record
class _Gap:
    """What is left between the two sides of a test; None where that is no number."""

    one: Term
    other: Term
    case: Case
    things: Mapping[int, object]

    def at_step(self, value: float) -> float | None:
        return self._of(replace(self.case, step=int(value)), self.things)

    def at_world(self, value: float) -> float | None:
        return self._of(replace(self.case, world=int(value)), self.things)

    def at_rank(self, value: float) -> float | None:
        return self._of(replace(self.case, world=int(value) + 1, rank=int(value)), self.things)

    def at_setting(self, name: str, value: float) -> float | None:
        return self._of(replace(self.case, settings={**self.case.settings, name: value}), self.things)

    def at_thing(self, key: int, value: float) -> float | None:
        return self._of(self.case, {**self.things, key: value})

    def _of(self, case: Case, things: Mapping[int, object]) -> float | None:
        one, other = (attempt(side, case, things) for side in (self.one, self.other))
        if isinstance(one, (int, float)) and isinstance(other, (int, float)):
            return float(one) - float(other)
        return None


def _tests(term: Term) -> Iterator[tuple[Term, Term]]:
    count = 0
    for part in term.walk():
        if part.sort is Sort.OPERATION and part.value in _TURNING and len(part.operands) == 2:
            count += 1
            if count > _TESTS:
                return
            yield part.operands[0], part.operands[1]


def _roots(gap: Callable[[float], float | None], *, whole: bool = False) -> list[float]:
    """Where two sides are equal: of a straight line by its slope, of steps else by looking for the change."""
    first, second, third = (gap(at) for at in (1, 2, 3))
    if first is None or second is None or third is None:
        return []
    slope = second - first
    if math.isclose(slope, third - second, rel_tol=1e-9, abs_tol=1e-12):
        root = 1 - first / slope if slope else math.inf
        return [root] if abs(root) < _LAST_STEP else []
    return list(_changes(gap)) if whole else []


def _changes(gap: Callable[[float], float | None]) -> Iterator[float]:
    """The first steps at which one side has come up to the other, and those at which it has passed it."""
    for is_behind in (_is_less, _is_no_more):
        low = 0
        while low < _LAST_STEP:
            high = max(1, 2 * low)
            if is_behind(gap(low)) is not is_behind(gap(high)):
                yield float(_between(gap, low, high, is_behind))
            low = high


def _is_less(gap: float | None) -> bool:
    return gap is not None and gap < 0


def _is_no_more(gap: float | None) -> bool:
    return gap is not None and gap <= 0


def _between(
    gap: Callable[[float], float | None], low: int, high: int, is_behind: Callable[[float | None], bool]
) -> int:
    """The step at which an answer changes that is another one at both ends."""
    before = is_behind(gap(low))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_behind(gap(middle)) is before else (low, middle)
    return high


def _beside(roots: Iterable[float]) -> set[int]:
    """Whole numbers at and beside some numbers."""
    return {
        at
        for root in roots
        for at in (math.floor(root) - 1, math.floor(root), math.ceil(root), math.ceil(root) + 1)
    }


def _near(roots: Iterable[float], value: float) -> set[float]:
    """Values of a setting at and beside some numbers; of the sign that its default has."""
    found = {
        float(at) for root in roots for at in (_beside([root]) if isinstance(value, int) else _around(root))
    }
    return {int(at) if isinstance(value, int) else at for at in found if at == 0 or (at > 0) is (value >= 0)}


def _around(root: float) -> tuple[float, float, float]:
    width = max(abs(root) / 1000, 1e-6)
    return root - width, root, root + width


def numbers_tried(
    mine: Mapping[int, object], theirs: Mapping[int, object], turns: Iterable[Turns]
) -> Iterator[dict[int, object]]:
    """Values for what only a run knows: those at which a test turns, of one thing after the other.

    It must be the very same thing in both: of what is only alike nobody knows how the two go together.
    """
    for each in turns:
        for key, values in each.things.items():
            if key in mine and key in theirs:
                yield from (dict[int, object]({key: value}) for value in sorted(values)[:_TURNED])
