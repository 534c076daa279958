"""Two numbers or tensors in, the factor between them and what in the runs it is as large as out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from trainlint.facts.parity import Digest, Phase
from trainlint.parity.causes.evidence import Evidence

#: How close a ratio must be to a number to be that number.
CLOSE = 1e-4
#: Scales of mixed precision are powers of two from here on.
_SCALE = 2**8
_LARGEST_PART = 64


def ratio(reference: float, candidate: float) -> float | None:
    """The candidate's number in units of the reference's."""
    if not reference or not math.isfinite(reference) or not math.isfinite(candidate):
        return None
    return candidate / reference


def is_near(value: float, other: float) -> bool:
    """Whether two numbers are one, but for rounding."""
    return abs(value - other) <= CLOSE * max(abs(value), abs(other))


def factor(reference: Digest, candidate: Digest) -> float | None:
    """What the reference's tensor is multiplied by to give the candidate's, as far as digests can tell."""
    if reference.shape != candidate.shape:
        return None
    size = ratio(reference.norm, candidate.norm)
    if size is None or not size:
        return None
    largest = ratio(reference.largest, candidate.largest)
    if largest is None or not is_near(size, largest):
        return None
    # A sum of numbers of both signs is small beside them: their norm is its unit.
    if abs(candidate.total - size * reference.total) <= CLOSE * candidate.norm:
        return size
    return -size if abs(candidate.total + size * reference.total) <= CLOSE * candidate.norm else None


def common(evidence: Evidence, step: int, phase: Phase, start: str = "") -> float | None:
    """The one factor between all tensors of a phase at an update, None where there is no such factor."""
    ours = evidence.reference.tensors(step, phase)
    theirs = evidence.candidate.tensors(step, phase)
    pairs = [(one, theirs[name]) for name, one in ours.items() if name in theirs and name.startswith(start)]
    found = [factor(one, other) for one, other in pairs if one.norm or other.norm]
    first = found[0] if found else None
    if first is None or not all(value is not None and is_near(value, first) for value in found):
        return None
    return first


def size(value: float) -> str:
    """A factor as people say it: `4 times the reference's`, `1/4 of the reference's`."""
    if not value:
        return "0 times the reference's"
    whole = Fraction(value).limit_denominator(_LARGEST_PART)
    if is_near(float(whole), value) and whole.denominator > 1:
        return f"{whole} of the reference's"
    squared = value * value if value > 1 else 1 / (value * value)
    root = round(squared)
    if is_near(squared, root) and 1 < root <= _LARGEST_PART and not is_near(round(value), value):
        return f"the square root of {'' if value > 1 else '1/'}{root} times the reference's"
    return f"{round(value) if is_near(round(value), value) else f'{value:.6g}'} times the reference's"


def meaning(evidence: Evidence, step: int, value: float) -> str:
    """What of the runs a factor is as large as, and what that comes from; empty where it is nothing known."""
    said = [text for number, text in _known(evidence, step) if is_near(value, number)]
    if said:
        return "; or ".join(dict.fromkeys(said))
    scale = abs(value) if abs(value) > 1 else 1 / abs(value)
    if scale >= _SCALE and math.log2(scale).is_integer():
        more = "still" if abs(value) > 1 else "no longer"
        return f"a power of two, as gradient scalers use: the candidate's are {more} scaled here"
    return ""


def counts(evidence: Evidence, step: int) -> Iterator[tuple[int, str]]:
    """How many of something the reference has, with that in words."""
    yield evidence.reference.count(step, "forward passes") or 1, "an update has {} micro-steps"
    yield evidence.ranks, "there are {} ranks"


def _known(evidence: Evidence, step: int) -> Iterator[tuple[float, str]]:
    (passes, of_update), (ranks, of_run) = counts(evidence, step)
    if passes > 1:
        per = of_update.format(passes)
        yield passes, f"{per}, and the loss is not divided by their number"
        yield 1 / passes, f"{per}, and the loss is divided by their number once more"
        for other in (passes - 1, passes + 1):
            said = f"{per}, and one is left out or the loss is divided by another number"
            yield from ((other / passes, said), (passes / other, said)) if other > 1 else ()
    if ranks > 1:
        per = of_run.format(ranks)
        yield ranks, f"{per}, and what they sum is not divided by their number"
        yield 1 / ranks, f"{per}, and what they sum is divided by their number once more"
    for count, what in _elements(evidence, step):
        if count > 2:
            yield count, f"{what}: their sum is taken, in the reference their mean"
            yield 1 / count, f"{what}: their mean is taken, in the reference their sum"
            if passes > 1:
                yield count * passes, f"{what}, in {passes} micro-steps: their sum is taken, not their mean"


def _elements(evidence: Evidence, step: int) -> Iterator[tuple[int, str]]:
    """How many numbers a loss may be the mean of: rows, tokens, what comes out of the network."""
    for phase in (Phase.BATCH, Phase.FORWARD):
        for name, digest in evidence.reference.tensors(step, phase).items():
            if digest.shape and name.startswith(("input", "output")):
                rows, every = digest.shape[0], math.prod(digest.shape)
                yield rows, f"a pass has {rows} rows"
                yield math.prod(digest.shape[:2]), f"a pass has {math.prod(digest.shape[:2])} tokens"
                yield math.prod(digest.shape[:-1]), f"a pass has {math.prod(digest.shape[:-1])} predictions"
                yield every, f"{name.partition(' of ')[0]} has {every} numbers"
