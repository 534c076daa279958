"""Gradients that differ in, what was done to the loss or left undone between two updates out."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from trainlint.facts.parity import Digest, Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.options import which
from trainlint.parity.causes.ratios import CLOSE, common, is_near, meaning, ratio, size
from trainlint.parity.distance import is_same

#: How the gradients of ranks begin that train apart from each other.
UNEXCHANGED = "each rank has gradients of its own"
_RAW, _TAKEN = "gradient of ", "gradient taken of "


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """All gradients are the same multiple of the reference's: the loss goes backward at another scale."""
    value = common(evidence, entry.step, Phase.GRAD)
    if value is None or is_near(value, 1):
        return ""
    if value < 0:
        return f"the gradients point the other way and are {size(-value)}: the loss has another sign"
    why = meaning(evidence, entry.step, value)
    return f"the gradients are {size(value)}{f': {why}' if why else ', all of them: the loss is scaled'}"


def unexchanged(entry: Divergence, evidence: Evidence) -> str:
    """Ranks of the candidate hold different gradients, where those of the reference hold the same."""
    place = entry.step, entry.phase, entry.quantity
    ours, theirs = (
        [value for shown in ranks if isinstance(value := shown.value(*place), Digest)]
        for ranks in (evidence.reference_ranks, evidence.candidate_ranks)
    )
    if not ours or not theirs or not _are_same(ours) or _are_same(theirs):
        return ""
    mean = fmean(digest.total for digest in theirs)
    is_mean = abs(mean - ours[0].total) <= CLOSE * (ours[0].norm + theirs[0].norm)
    return f"{UNEXCHANGED}{', and the reference their mean' if is_mean else ''}: they are not exchanged"


def _are_same(values: Sequence[Digest]) -> bool:
    return all(is_same(values[0], value) for value in values[1:])


def kept(entry: Divergence, evidence: Evidence) -> str:
    """Each gradient is the reference's plus what the candidate's last update took: nothing set it to zero."""
    now = evidence.candidate.tensors(entry.step, Phase.GRAD)
    taken = evidence.candidate.tensors(entry.step - 1, Phase.CLIP)
    ours = evidence.reference.tensors(entry.step, Phase.GRAD)
    pairs = []
    for name, digest in now.items():
        then = taken.get(_TAKEN + name.removeprefix(_RAW))
        if then is not None and name in ours:
            pairs.append((digest.total - ours[name].total - then.total, digest.norm + then.norm, then.norm))
    remain = [abs(rest) <= 10 * CLOSE * unit for rest, unit, _ in pairs]
    if not pairs or not all(remain) or not any(norm > 0 for *_, norm in pairs):
        return ""
    return "each gradient is the reference's plus that of the update before: it was not set to zero between"


def some(entry: Divergence, evidence: Evidence) -> str:
    """Gradients of some parameters alone differ."""
    ours, theirs = evidence.values(entry)
    if theirs is None and ours is not None:
        return "it has no gradient in the candidate: it is frozen, detached or not used"
    if ours is None and theirs is not None:
        return "it has no gradient in the reference: there it is frozen, detached or not used"
    return ""


def detached(entry: Divergence, evidence: Evidence) -> str:
    """Other parameters have no gradient any more."""
    without = [
        name.removeprefix(_RAW)
        for name, _ in evidence.reference.tensors(entry.step, Phase.GRAD).items()
        if name.startswith(_RAW) and evidence.candidate.value(entry.step, Phase.GRAD, name) is None
    ]
    if not without:
        return ""
    more = f" and {len(without) - 1} more" if len(without) > 1 else ""
    return f"{without[0]}{more} have no gradient in the candidate: what leads there is cut off"


def partial(entry: Divergence, evidence: Evidence) -> str:
    """Gradients of some parameters alone differ."""
    there = [name for name in evidence.reference.tensors(entry.step, Phase.GRAD) if name.startswith(_RAW)]
    apart = evidence.apart.get((entry.step, Phase.GRAD), frozenset())
    names = [name.removeprefix(_RAW) for name in there if name in apart]
    return f"{which(names, evidence)}, gradients differ" if 0 < len(names) < len(there) else ""


def norm(entry: Divergence, evidence: Evidence) -> str:
    """A norm that is a multiple of the reference's."""
    pair = evidence.numbers(entry)
    value = ratio(*pair) if pair is not None else None
    why = meaning(evidence, entry.step, value) if value else ""
    return f"the norm is {size(value)}: {why}" if value and why else ""
