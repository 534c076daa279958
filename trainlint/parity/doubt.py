"""What lies beyond rounding by little in, what of it stays where both sides compute in fp64 out.

In fp64 one rounding is 2 ** 29 times smaller: what was rounding shrinks by about that, a bug stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from trainlint.facts.parity import Divergence
from trainlint.parity.both import Both
from trainlint.parity.compare import Key, Tolerance, key
from trainlint.parity.distance import distance, is_same

#: Up to how many times its tolerance a divergence may still be rounding. In measurements, bugs were at least
#: 6 times theirs.
_DOUBT = 25.0
#: What is off by less than this may be rounding of numbers that cancel out.
_SMALL = 5e-5
#: After several updates rounding has grown by itself; what is further off than this has another reason.
_GROWN = 0.1
#: How much smaller it must be in fp64 to be rounding.
_SHRINKS = 1e-4


def in_doubt(apart: Sequence[Divergence]) -> bool:
    """Whether the first divergence may be rounding that grew."""
    first = next((entry for entry in apart if entry.distance is not None and not entry.told), None)
    if first is None or first.distance is None or not first.tolerance:
        return False
    return first.distance <= max(_DOUBT * first.tolerance, _GROWN if first.step > 0 else _SMALL)


def shrinking(apart: Sequence[Divergence], wide: Both) -> frozenset[Key]:
    """The quantities that differ and are next to the same in fp64."""
    found = _distances(wide)
    return frozenset(
        _place(entry)
        for entry in apart
        if entry.distance is not None
        and found.get((entry.rank, _place(entry)), math.inf) <= _SHRINKS * entry.distance
    )


def relaxed(tolerance: Tolerance, rounding: frozenset[Key]) -> Tolerance:
    """A tolerance that lets what is rounding be as far off as it is."""
    return lambda entry: math.inf if key(entry) in rounding else tolerance(entry)


def _place(entry: Divergence) -> Key:
    return entry.step, entry.phase, entry.quantity


def farthest(apart: Sequence[Divergence], wide: Both) -> float:
    """How far apart in fp64 the first of the divergences is."""
    found = _distances(wide)
    places = ((entry.rank, _place(entry)) for entry in apart)
    return next((found[place] for place in places if place in found), 0.0)


def _distances(wide: Both) -> Mapping[tuple[int, Key], float]:
    """How far apart each quantity is that both sides show."""
    found: dict[tuple[int, Key], float] = {}
    for rank, (ours, theirs) in enumerate(wide.pairs):
        others = {key(entry): entry for entry in theirs}
        for entry in ours:
            other = others.get(key(entry))
            if other is not None:
                same = is_same(entry.value, other.value)
                apart = 0.0 if same else distance(entry.value, other.value)
                if apart is not None:
                    found[rank, key(entry)] = apart
    return found
