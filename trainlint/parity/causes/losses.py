"""A loss or an output that differs in, what makes it out."""

from __future__ import annotations

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.ratios import is_near, meaning, ratio, size

LOSS = "the loss of a backward pass"


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The loss is a multiple of the reference's, in each pass the same."""
    if not entry.quantity.startswith(LOSS):
        return ""
    found = []
    for name, ours in evidence.reference.at(entry.step, Phase.FORWARD):
        theirs = evidence.candidate.value(entry.step, Phase.FORWARD, name)
        if name.startswith(LOSS) and isinstance(ours, float) and isinstance(theirs, float):
            found.append(ratio(ours, theirs))
    first = found[0] if found else None
    if (
        not first
        or is_near(first, 1)
        or not all(value is not None and is_near(value, first) for value in found)
    ):
        return ""
    why = meaning(evidence, entry.step, first)
    # One pass may come to a plain number by chance.
    if not why and len(found) < 2 and not is_near(round(first), first):
        return ""
    return f"the loss is {size(first)}{f': {why}' if why else ', in each pass'}"


def computed(entry: Divergence, evidence: Evidence) -> str:
    """What the network gives is the same, and the loss is not."""
    if not entry.quantity.startswith(LOSS) or not evidence.are_equal(entry.step, Phase.FORWARD, "output"):
        return ""
    return (
        "what comes out of the network is the same: the loss is made of it otherwise, or with other targets"
    )


def targeted(entry: Divergence, evidence: Evidence) -> str:
    """Of several outputs of one pass, those that are no numbers of their own are the same."""
    pair = evidence.tensors(entry)
    if pair is None or any(digest.shape for digest in pair):
        return ""
    passes = entry.quantity.partition(" of micro-step ")[2]
    others = [
        name
        for name, digest in evidence.reference.tensors(entry.step, Phase.FORWARD).items()
        if name.endswith(f" of micro-step {passes}") and digest.shape
    ]
    differing = evidence.apart.get((entry.step, Phase.FORWARD), frozenset())
    if others and differing.isdisjoint(others):
        return (
            "what it is made of beside it is the same: the loss is computed otherwise, or with other targets"
        )
    return ""


def stochastic(entry: Divergence, evidence: Evidence) -> str:
    """What comes out in training differs while evaluations of the same weights agree."""
    if not entry.quantity.startswith("output"):
        return ""
    if not evidence.are_equal(entry.step - 1, Phase.EVAL, "output"):
        return ""
    if not (evidence.are_equal(entry.step, Phase.BATCH) and evidence.are_equal(entry.step - 1, Phase.EVAL)):
        return ""
    return (
        "evaluated, the same weights give the same: only what training adds differs, such as dropout or the "
        "statistics of batches"
    )
