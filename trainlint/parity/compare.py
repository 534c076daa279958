"""The observations of two runs in, where they part out, in causal order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.parity.clips import without_own_clipping
from trainlint.parity.distance import distance, is_same, size
from trainlint.parity.norms import without_other_sums

#: The place of each phase among those that cause one another.
ORDER = {phase: place for place, phase in enumerate(Phase)}
#: How far a quantity may be off: its step, phase and name to a relative distance, None for not at all.
Tolerance = Callable[[Observation], float | None]

Key = tuple[int, Phase, str]

#: Phases that each pass has its own quantities in.
_COUNTED = (Phase.BATCH, Phase.FORWARD, Phase.EVAL)


def exactly(_: Observation) -> None:
    """Nothing may be off."""
    return


def divergences(
    reference: Sequence[Observation], candidate: Sequence[Observation], tolerance: Tolerance, updates: int
) -> list[Divergence]:
    """What differs in the updates that both runs made, in causal order.

    Structure comes first in its update: where one run makes four passes and the other eight, all that
    follows differs because of it.
    """
    ours = {key(entry): entry for entry in reference if entry.step < updates}
    theirs = {key(entry): entry for entry in candidate if entry.step < updates}
    found = list(_differing(ours, theirs, tolerance))
    # What is told of an evaluation may be all that is known of it.
    apart = {
        (entry.step, entry.phase)
        for why, entry in found
        if why is None and (not entry.told or entry.phase is Phase.EVAL)
    }
    kept = [entry for why, entry in found if why is None or (entry.step, why) in apart]
    kept = without_other_sums(kept, reference, candidate)
    return in_order(without_own_clipping(kept, reference, candidate))


def in_order(found: Iterable[Divergence]) -> list[Divergence]:
    """Divergences as one causes the next; those of several ranks meet in what they exchange."""
    return sorted(found, key=causal_place)


def causal_place(entry: Divergence) -> tuple[int, bool, bool, int]:
    """Where a divergence stands among others: what comes before it may be its cause.

    What the programs tell follows from all that was seen in its update; what they tell before any announces
    the first.
    """
    step = max(entry.step, 0) if entry.told else entry.step
    return step, entry.told, entry.phase is not Phase.STRUCTURE, ORDER[entry.phase]


def key(entry: Observation) -> Key:
    """What makes an observation of one run the counterpart of one of another."""
    return entry.step, entry.phase, entry.quantity


def _differing(
    ours: dict[Key, Observation], theirs: dict[Key, Observation], tolerance: Tolerance
) -> Iterator[tuple[Phase | None, Divergence]]:
    """What differs, each with the phase in which something else must differ for it to count."""
    uneven = set(_uneven(ours, theirs))
    for place in ours | theirs:
        one, other = ours.get(place), theirs.get(place)
        if one is None or other is None:
            if not (place[0] in uneven and place[1] in _COUNTED) and not _is_optional(one, other):
                yield _explained(one, other), _divergence(one, other, None, None)
        elif not is_same(one.value, other.value) and not _says_the_same(one, other):
            apart, allowed = distance(one.value, other.value), _allowed(one, other, tolerance)
            if apart is None or allowed is None or apart > allowed:
                yield one.explains, _divergence(one, other, apart, allowed)


def _explained(one: Observation | None, other: Observation | None) -> Phase | None:
    return next((entry.explains for entry in (one, other) if entry is not None), None)


def _is_optional(one: Observation | None, other: Observation | None) -> bool:
    return any(entry is not None and entry.optional for entry in (one, other))


def _says_the_same(one: Observation, other: Observation) -> bool:
    """Whether a number is the other one, told with fewer digits or counted from elsewhere."""
    if not (isinstance(one.value, float) and isinstance(other.value, float)):
        return False
    if one.slack and abs(one.value - other.value) <= one.slack:
        return True
    if one.unit == other.unit:
        return False
    # Half a unit, and a hair's breadth for what lies in the middle.
    return abs(one.value - other.value) <= max(one.unit, other.unit) / 2 * (1 + 1e-6)


def shares(
    reference: Sequence[Observation], candidate: Sequence[Observation], tolerance: Tolerance, updates: int
) -> Iterator[float]:
    """How far apart what differs is, in units of what is allowed."""
    theirs = {key(entry): entry for entry in candidate if entry.step < updates}
    for one in reference:
        other = theirs.get(key(one))
        if other is not None and not is_same(one.value, other.value) and not _says_the_same(one, other):
            apart, allowed = distance(one.value, other.value), _allowed(one, other, tolerance)
            if apart is not None and allowed:
                yield apart / allowed


def _allowed(one: Observation, other: Observation, tolerance: Tolerance) -> float | None:
    """What is allowed between two values, in units of the reference's, or of the other where that is zero.

    A number that moves ever so little may turn the last digit that it was told with.
    """
    numbers = isinstance(one.value, float) and isinstance(other.value, float)
    allowed, unit = tolerance(one if size(one.value) else other), max(one.unit, other.unit)
    if allowed is None or not unit or not numbers:
        return allowed
    return allowed + unit / (size(one.value) or size(other.value))


def _uneven(ours: dict[Key, Observation], theirs: dict[Key, Observation]) -> Iterator[int]:
    """The updates in which something happens more often in one of the runs, which is told as such."""
    for place in ours | theirs:
        one, other = ours.get(place), theirs.get(place)
        counts = place[1] is Phase.STRUCTURE and _explained(one, other) is None
        if counts and (one is None or other is None or one.value != other.value):
            yield place[0]


def _divergence(
    one: Observation | None, other: Observation | None, apart: float | None, allowed: float | None
) -> Divergence:
    there = one if one is not None else other
    if there is None:
        raise ValueError("neither run has it")
    return Divergence(
        there.step,
        there.phase,
        there.quantity,
        shown(one.value) if one is not None else "absent",
        shown(other.value) if other is not None else "absent",
        one.site if one is not None else None,
        other.site if other is not None else None,
        apart,
        allowed,
        told=there.told,
    )


def shown(value: Value) -> str:
    """A value in a few words."""
    if isinstance(value, Digest):
        shape = "x".join(map(str, value.shape)) or "scalar"
        kind = value.dtype.removeprefix("torch.")
        return f"{kind} {shape}, norm {value.norm:.9g}, sum {value.total:.9g}"
    if isinstance(value, float):
        return f"{value:.9g}"
    return "none" if value is None else value
