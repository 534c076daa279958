"""Learning rates that differ in, how the laws behind them are related out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.ratios import is_near, ratio, size

Rates = dict[int, float]


def moved(entry: Divergence, evidence: Evidence) -> str:
    """The rates are the reference's, of the update before or after."""
    ours, theirs = _rates(entry, evidence)
    if len(set(ours.values())) < 2:
        return ""
    for shift, said in ((-1, "one update late"), (1, "one update early")):
        pairs = [(ours[step + shift], theirs[step]) for step in theirs if step + shift in ours]
        if len(pairs) > 1 and len(set(pairs)) > 1 and all(is_near(*pair) for pair in pairs):
            return f"the schedule is {said}: each rate is the reference's of the update {_beside(shift)}"
    return ""


def still(entry: Divergence, evidence: Evidence) -> str:
    """One side keeps the rate that the other changes."""
    ours, theirs = _rates(entry, evidence)
    if len(ours) < 2 or len(theirs) < 2:
        return ""
    varied = len(set(ours.values())), len(set(theirs.values()))
    if varied[0] > 1 and varied[1] == 1:
        return f"the rate stays at {theirs[entry.step]:.6g}: no schedule is at work in the candidate"
    if varied[1] > 1 and varied[0] == 1:
        return f"the reference's rate stays at {ours[entry.step]:.6g}, the candidate's follows a schedule"
    return ""


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The rates are a multiple of the reference's."""
    ours, theirs = _rates(entry, evidence)
    pairs = [(ours[step], theirs[step]) for step in ours if step in theirs]
    found = [ratio(*pair) for pair in pairs]
    value = ratio(ours[entry.step], theirs[entry.step]) if entry.step in ours.keys() & theirs.keys() else None
    if value is None:
        return ""
    told = f"the learning rate is {size(value)}"
    if not all(one is not None and is_near(one, value) for one in found):
        return f"{told} here, and another multiple at other updates: another law"
    return f"{told}, the number of ranks" if value == evidence.ranks > 1 else told


def _beside(shift: int) -> str:
    return "before" if shift < 0 else "after"


def _rates(entry: Divergence, evidence: Evidence) -> tuple[Rates, Rates]:
    sides = evidence.reference, evidence.candidate
    ours, theirs = (
        {
            step: value
            for step, value in side.series(Phase.LR, entry.quantity).items()
            if isinstance(value, float)
        }
        for side in sides
    )
    return ours, theirs
