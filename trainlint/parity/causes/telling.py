"""Numbers that programs print or log and that differ in, what the candidate's is in the reference out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import fmean

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence, Shown
from trainlint.parity.causes.losses import LOSS
from trainlint.parity.causes.ratios import counts, is_near, ratio, size

#: Numbers that stand for many things.
_COMMON = {0.0, 1.0, 100.0}


def other_name(entry: Divergence, evidence: Evidence) -> str:
    """The number is one that the reference tells under another name."""
    pair = evidence.numbers(entry)
    if pair is None or pair[1] in _COMMON:
        return ""
    where = entry.quantity.partition(" ")[0]
    others = {
        name.removeprefix(f"{where} ")
        for phase in Phase
        for name, value in evidence.reference.at(entry.step, phase)
        if name.startswith(f"{where} ") and name != entry.quantity and value == pair[1]
    }
    return f"it is what the reference tells as `{others.pop()}`" if len(others) == 1 else ""


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The number is a plain multiple of the reference's."""
    pair = evidence.numbers(entry)
    value = None if pair is None else ratio(*pair)
    if value is None or value <= 0:
        return ""
    times = value if value > 1 else 1 / value
    if not is_near(round(times), times):
        return ""
    # Before the first update nothing has been counted yet.
    known = counts(evidence, max(entry.step, 0))
    said = " and ".join(text.format(count) for count, text in known if is_near(count, times))
    return f"it is {size(value)}{f', and {said}' if said else ''}"


def reduced(entry: Divergence, evidence: Evidence) -> str:
    """One of them tells the loss of a rank alone, the other one what all ranks come to."""
    pair = evidence.numbers(entry)
    if pair is None:
        return ""
    sides = (evidence.reference_ranks, evidence.candidate_ranks)
    ours, theirs = (
        set(_reductions(value, [_losses(shown, entry.step) for shown in ranks], evidence.rank))
        for value, ranks in zip(pair, sides, strict=True)
    )
    if len(ours) != 1 or len(theirs) != 1 or ours == theirs:
        return ""
    return f"it is {theirs.pop()}, in the reference {ours.pop()}"


def _reductions(value: float, losses: Sequence[Sequence[float]], rank: int) -> Iterator[str]:
    """What of the losses of all ranks a number is."""
    if len(losses) < 2 or not all(losses):
        return
    for of_passes in (sum, fmean, _last, _last_of_all):
        each = [of_passes(passes) for passes in losses]
        for found, what in (
            (each[rank], "the loss of this rank alone"),
            (fmean(each), f"the mean over {len(each)} ranks"),
            (sum(each), f"the sum over {len(each)} ranks"),
        ):
            if _is_told(value, found):
                yield what


def _losses(shown: Shown, step: int) -> list[float]:
    """The losses of the backward passes of an update, in their order."""
    return [
        value
        for name, value in shown.at(step, Phase.FORWARD)
        if name.startswith(LOSS) and isinstance(value, float)
    ]


def _last(passes: Sequence[float]) -> float:
    return passes[-1]


def _last_of_all(passes: Sequence[float]) -> float:
    """The loss of the last pass as it was before it was divided by their number."""
    return passes[-1] * len(passes)


def _is_told(value: float, number: float) -> bool:
    """Whether a number, in as many places as a value is told with, is that value."""
    exponent = Decimal(repr(value)).as_tuple().exponent
    unit = 10.0**exponent if isinstance(exponent, int) else 0.0
    return abs(value - number) <= max(0.5001 * unit, 1e-6 * abs(value))
