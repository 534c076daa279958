"""Where two runs part out in, the same without norms that only were added up in another way out.

The norm of all gradients is made of their digests. Where one parameter is several on the other side, or they
come in another order, its last digits are another's, though each gradient is the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trainlint.facts.parity import Divergence, Observation, Phase, Value
from trainlint.parity.distance import is_same

#: What it is called.
NORM = "norm of the gradients"
#: What another way to add up comes to at most, in fp32 where there is much to be added.
_ROUNDED = 1e-6


def without_other_sums(
    found: Sequence[Divergence], reference: Iterable[Observation], candidate: Iterable[Observation]
) -> list[Divergence]:
    """The divergences that are left."""
    if not any(entry.quantity == NORM for entry in found):
        return list(found)
    ours, theirs = _gradients(reference), _gradients(candidate)
    return [entry for entry in found if not _is_summed(entry, ours, theirs)]


def _is_summed(
    entry: Divergence, ours: dict[int, dict[str, Value]], theirs: dict[int, dict[str, Value]]
) -> bool:
    if entry.quantity != NORM or entry.distance is None or entry.distance > _ROUNDED:
        return False
    one, other = ours.get(entry.step, {}), theirs.get(entry.step, {})
    return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)


def _gradients(entries: Iterable[Observation]) -> dict[int, dict[str, Value]]:
    held: dict[int, dict[str, Value]] = {}
    for entry in entries:
        if entry.phase is Phase.GRAD and entry.explains is None:
            held.setdefault(entry.step, {})[entry.quantity] = entry.value
    return held
