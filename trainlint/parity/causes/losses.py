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


def is_loss(entry: Divergence, evidence: Evidence) -> bool:
    """Whether a loss differs beside outputs of the network that do not."""
    differing = evidence.apart.get((entry.step, Phase.FORWARD), frozenset())
    outputs = evidence.reference.tensors(entry.step, Phase.FORWARD)
    wrong = any(name in differing and digest.shape for name, digest in outputs.items())
    pair = evidence.tensors(entry)
    return not wrong and (entry.quantity.startswith(LOSS) or (pair is not None and not pair[0].shape))


def computed(entry: Divergence, evidence: Evidence) -> str:
    """What the network gives is the same, and the loss is not."""
    outputs = evidence.reference.tensors(entry.step, Phase.FORWARD).values()
    if not is_loss(entry, evidence) or not any(digest.shape for digest in outputs):
        return ""
    return (
        "what comes out of the network is the same: the loss is made of it otherwise, or with other targets"
    )


def since(entry: Divergence, evidence: Evidence) -> str:
    """The passes of the updates before were the same, and so were the weights after the last of them."""
    before = entry.step - 1
    if before < 0 or not evidence.are_equal(before, Phase.FORWARD, "output"):
        return ""
    if not (
        evidence.are_equal(before, Phase.UPDATE) and evidence.are_equal(entry.step, Phase.BATCH, "input")
    ):
        return ""
    return "the weights were the same after the last update: something changes them, or the mode, since then"


def network(entry: Divergence, evidence: Evidence) -> str:
    """The first passes, from weights and inputs that are the same."""
    if not entry.quantity.startswith("output") or entry.step > 0:
        return ""
    phase, step = (Phase.EVAL, -1) if entry.phase is Phase.EVAL else (Phase.BATCH, 0)
    same = evidence.are_equal(-1, Phase.INIT) and evidence.are_equal(step, phase, "input")
    return "from the same weights and inputs the network computes something else" if same else ""


def stochastic(entry: Divergence, evidence: Evidence) -> str:
    """What comes out in training differs while evaluations of the same weights agree."""
    if not entry.quantity.startswith("output"):
        return ""
    if not evidence.are_equal(entry.step - 1, Phase.EVAL, "output"):
        return ""
    if not (evidence.are_equal(entry.step, Phase.BATCH, "input")):
        return ""
    return (
        "evaluated, the same weights give the same: only what training adds differs, such as dropout or the "
        "statistics of batches"
    )
