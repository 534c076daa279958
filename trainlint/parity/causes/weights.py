"""Weights that differ before the first update in, how they came to be others out."""

from __future__ import annotations

import math

from trainlint.facts.parity import Divergence
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.ratios import CLOSE, factor, is_near, size

#: Norms of as many numbers of one distribution differ by about one over the root of twice their number;
#: five times that is no chance.
_CHANCE = 5.0
#: One number is a multiple of any other.
_NUMBERS = 2
#: Fewer numbers say nothing of how wide the distribution is that they were drawn from.
_SAMPLE = 8
#: What is said where only the order of random draws is another.
REORDERED = (
    "as many random numbers were drawn by then, in another order: modules are made or initialised in another "
    "order"
)


def reordered(entry: Divergence, evidence: Evidence) -> str:
    """As many random numbers were drawn, by other weights."""
    if not evidence.same_draws:
        return ""
    if _multiple(entry, evidence) or _wider(entry, evidence):
        return ""
    return REORDERED


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The weights are a multiple of the reference's."""
    value = _multiple(entry, evidence)
    return "" if value is None else f"the weights are {size(value)}, number by number"


def constant(entry: Divergence, evidence: Evidence) -> str:
    """One side begins with zeros."""
    pair = evidence.tensors(entry)
    if pair is None or bool(pair[0].norm) == bool(pair[1].norm):
        return ""
    side, other = ("candidate", "reference") if pair[0].norm else ("reference", "candidate")
    return f"they are zeros in the {side}, and not in the {other}"


def spread(entry: Divergence, evidence: Evidence) -> str:
    """The weights are drawn, from a distribution of another width."""
    value = _wider(entry, evidence)
    return "" if value is None else f"drawn from another distribution, {value:.3g} times as wide"


def drawn(entry: Divergence, evidence: Evidence) -> str:
    """Weights drawn alike, from a generator that stands elsewhere."""
    pair = evidence.tensors(entry)
    if pair is None or evidence.same_draws or not (pair[0].norm and pair[1].norm):
        return ""
    return (
        "drawn alike, with other random numbers: the seed is another, is set elsewhere, or other draws come "
        "before"
    )


def _multiple(entry: Divergence, evidence: Evidence) -> float | None:
    pair = evidence.tensors(entry)
    if pair is None or math.prod(pair[0].shape) < _NUMBERS:
        return None
    value = factor(*pair)
    return None if value is None or is_near(abs(value), 1) else value


def _wider(entry: Divergence, evidence: Evidence) -> float | None:
    pair = evidence.tensors(entry)
    if pair is None or not (pair[0].norm and pair[1].norm) or pair[0].shape != pair[1].shape:
        return None
    count = 1
    for side in pair[0].shape:
        count *= side
    if count < _SAMPLE:
        return None
    value = pair[1].norm / pair[0].norm
    return value if abs(value - 1) > max(_CHANCE / (2 * count) ** 0.5, CLOSE) else None
