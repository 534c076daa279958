"""A place behind one that the code left from in, what was left with it and what is around both out."""

from __future__ import annotations

from trainlint.facts.behaviour import Leave, Place, Step


def leaves_loop(place: Place) -> bool:
    """Whether the code was left together with a loop: what follows in a turn is no branch of that."""
    assert place.barred is not None
    inside = place.parent
    for step in place.barred.outwards():
        if step is inside:
            return _in_loop(place) and place.leaves not in (None, Leave.TURN)
        if step.step is Step.LOOP:
            return True
    return False


def _in_loop(place: Place) -> bool:
    """Whether a loop of the same function is around a place."""
    for step in place.outwards():
        if step.step in (Step.LOOP, Step.CALL):
            return step.step is Step.LOOP
    return False


def around_both(place: Place) -> Place | None:
    """The innermost place that is around both what was left and what follows."""
    assert place.barred is not None
    around = set(map(id, place.outwards()))
    return next((step for step in place.barred.outwards() if id(step) in around), None)
