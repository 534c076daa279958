"""Weights and averages that differ after an update in, which of them and since when out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.options import NOT_TRAINED, which

_COPY = "copy "
_COUNT, _AVERAGE = "step of ", "exp_avg of "
#: Names of what an optimizer remembers of a parameter.
_STATE = (_COUNT, _AVERAGE, "exp_avg_sq of ", "max_exp_avg_sq of ", "momentum_buffer of ")


def restored(entry: Divergence, evidence: Evidence) -> str:
    """One side goes on with the optimizer's state where the other begins anew."""
    counts = [
        (ours.total, theirs.total)
        for name, ours in evidence.reference.tensors(entry.step, Phase.UPDATE).items()
        if name.startswith(_COUNT)
        and (theirs := evidence.candidate.tensors(entry.step, Phase.UPDATE).get(name)) is not None
    ]
    if not counts or len(set(counts)) > 1:
        return ""
    before, since = counts[0]
    if entry.step > 0:
        if since < before:
            counted = f"the optimizer counts {since:.0f} updates, in the reference {before:.0f}"
            return f"{counted}: its state is made anew"
        return ""
    if before > 1 and since == 1:
        return (
            f"the optimizer begins anew, in the reference it goes on after {before - 1:.0f} updates: "
            "its state is not restored"
        )
    if since > 1 and before == 1:
        return f"the optimizer goes on after {since - 1:.0f} updates, in the reference it begins anew"
    return ""


def absent(entry: Divergence, evidence: Evidence) -> str:
    """What one optimizer alone remembers."""
    ours, theirs = evidence.values(entry)
    if (ours is None) == (theirs is None) or not entry.quantity.startswith(_STATE):
        return ""
    side = "candidate" if theirs is None else "reference"
    return f"the {side}'s optimizer keeps no such average: it is of another kind"


def beside(entry: Divergence, evidence: Evidence) -> str:
    """Weights that are the same, and what is kept beside them is not."""
    apart = evidence.apart.get((entry.step, Phase.UPDATE), frozenset())
    weights = set(evidence.reference.tensors(-1, Phase.INIT)) - _not_trained(evidence)
    if not apart.isdisjoint(weights) or entry.quantity.startswith(_STATE):
        return ""
    if entry.quantity.startswith(_COPY):
        return "the weights are the same: their average, or copy, is taken otherwise or at another time"
    if f"{entry.quantity}{NOT_TRAINED}" in _not_trained(evidence):
        return (
            "the weights are the same: what the network keeps beside them, as statistics of batches, is not"
        )
    return ""


def _not_trained(evidence: Evidence) -> set[str]:
    return {name for name in evidence.reference.tensors(-1, Phase.INIT) if name.endswith(NOT_TRAINED)}


def grouped(entry: Divergence, evidence: Evidence) -> str:
    """From the same gradients, and some parameters alone are updated otherwise."""
    if not evidence.are_equal(entry.step, Phase.CLIP, "gradient taken"):
        return ""
    held = evidence.reference.tensors(-1, Phase.INIT)
    there = [name for name in held if name not in _not_trained(evidence)]
    apart = evidence.apart.get((entry.step, Phase.UPDATE), frozenset())
    names = [name for name in there if name in apart]
    if not names:
        return ""
    if len(names) == len(there):
        return (
            "all weights are updated otherwise from the same gradients: by other options or another optimizer"
        )
    return f"{which(names, evidence)}, from the same gradients: the options of a group differ"
