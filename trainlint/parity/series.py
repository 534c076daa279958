"""The observations of two runs in, what can be drawn and tabled of them out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence

from trainlint.facts.parity import Compared, Digest, Divergence, Observation, Phase, Series, Value
from trainlint.parity.compare import Key, key, shown
from trainlint.parity.distance import distance, is_same
from trainlint.parity.norms import NORM

#: Rows of a phase in the table of an update.
_ROWS = 6
_LOSS = "the loss of a backward pass"

#: The numbers of a quantity, an entry an update, None where it was not shown.
_Numbers = tuple[float | None, ...]


def series(
    reference: Sequence[Observation], candidate: Sequence[Observation], updates: int
) -> tuple[Series, ...]:
    """Loss, learning rate, gradient norm and each parameter over the updates that both runs made."""
    found = [
        _drawn(Phase.FORWARD, "loss", _losses(reference, updates), _losses(candidate, updates)),
        _drawn(Phase.LR, "learning rate", _rates(reference, updates), _rates(candidate, updates)),
        _drawn(Phase.GRADNORM, "gradient norm", _norms(reference, updates), _norms(candidate, updates)),
        *_parameters(reference, candidate, updates),
    ]
    return tuple(entry for entry in found if any(value is not None for value in entry.reference))


def around(
    reference: Sequence[Observation], candidate: Sequence[Observation], first: Divergence
) -> tuple[Compared, ...]:
    """The update in which two runs part, phase by phase: what differs, and some of what does not."""
    ours = {key(entry): entry for entry in reference if entry.step == first.step}
    theirs = {key(entry): entry for entry in candidate if entry.step == first.step}
    rows: dict[Phase, list[Compared]] = {}
    for place in ours | theirs:
        rows.setdefault(place[1], []).append(_row(place, ours.get(place), theirs.get(place)))
    # What differs stands before what does not, the first of all at the top of its phase.
    for held in rows.values():
        held.sort(key=lambda row: (row.quantity != first.quantity, row.is_same))
    return tuple(row for phase in Phase for row in rows.get(phase, ())[:_ROWS])


def _row(place: Key, one: Observation | None, other: Observation | None) -> Compared:
    values = one.value if one is not None else None, other.value if other is not None else None
    both = one is not None and other is not None
    return Compared(
        *place,
        shown(values[0]) if one is not None else "absent",
        shown(values[1]) if other is not None else "absent",
        one.site if one is not None else None,
        other.site if other is not None else None,
        distance(*values) if both else None,
        both and is_same(*values),
    )


def _drawn(phase: Phase, quantity: str, ours: _Numbers, theirs: _Numbers) -> Series:
    apart = tuple(_relative(one, other) for one, other in zip(ours, theirs, strict=True))
    return Series(phase, quantity, ours, theirs, apart)


def _relative(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else distance(one, other)


def _losses(entries: Sequence[Observation], updates: int) -> _Numbers:
    """The sum over the backward passes of each update."""
    held: dict[int, float] = {}
    for entry in entries:
        if entry.quantity.startswith(_LOSS) and isinstance(entry.value, float):
            held[entry.step] = held.get(entry.step, 0.0) + entry.value
    return tuple(held.get(step) for step in range(updates))


def _rates(entries: Sequence[Observation], updates: int) -> _Numbers:
    """The largest learning rate of any parameter."""
    held = {
        entry.step: _largest(entry.value)
        for entry in entries
        if (entry.phase, entry.quantity) == (Phase.LR, "lr")
    }
    return tuple(held.get(step) for step in range(updates))


def _largest(value: Value) -> float | None:
    """A number, or the largest of those that parameters have by name."""
    if isinstance(value, str):
        try:
            given = json.loads(value)
        except ValueError:
            return None
        numbers = [float(one) for one in given.values() if isinstance(one, int | float)] if given else []
        return max(numbers, default=None)
    return value if isinstance(value, float) else None


def _norms(entries: Sequence[Observation], updates: int) -> _Numbers:
    held = {entry.step: entry.value for entry in entries if entry.quantity == NORM}
    found = (held.get(step) for step in range(updates))
    return tuple(value if isinstance(value, float) else None for value in found)


def _parameters(
    reference: Sequence[Observation], candidate: Sequence[Observation], updates: int
) -> Iterator[Series]:
    """Each parameter after each update: its norm on both sides, and how far apart the two are."""
    ours, theirs = _weights(reference), _weights(candidate)
    for name in dict.fromkeys(name for name, _ in ours):
        pairs = [(ours.get((name, step)), theirs.get((name, step))) for step in range(updates)]
        yield Series(
            Phase.UPDATE,
            name,
            tuple(None if one is None else _finite(one.norm) for one, _ in pairs),
            tuple(None if other is None else _finite(other.norm) for _, other in pairs),
            tuple(None if one is None or other is None else distance(one, other) for one, other in pairs),
        )


def _weights(entries: Sequence[Observation]) -> Mapping[tuple[str, int], Digest]:
    """The parameters themselves; what an optimizer remembers of them is told as `average of parameter`."""
    return {
        (entry.quantity, entry.step): entry.value
        for entry in entries
        if entry.phase is Phase.UPDATE and isinstance(entry.value, Digest) and " of " not in entry.quantity
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
