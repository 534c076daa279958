"""Targets that differ in, how they are related to the reference's and to what enters the network out."""

from __future__ import annotations

from typing import Any

from trainlint.facts.parity import Digest, Divergence, Phase
from trainlint.parity.causes.batches import array
from trainlint.parity.causes.evidence import Evidence, Shown

_TARGETS = "targets"
_PLACES = (1, 2)
#: Fewer places than this side by side agree by chance.
_LEAST = 3
#: What losses pass over, as libraries have it and as people write it.
_PASSED_OVER = (-100, -1)


def inputs_themselves(entry: Divergence, evidence: Evidence) -> str:
    """The candidate's targets are its inputs."""
    pair = evidence.tensors(entry)
    if pair is None or not entry.quantity.startswith(_TARGETS):
        return ""
    ours, theirs = (
        any(digest.crc == held.crc for held in _inputs(side, entry))
        for side, digest in ((evidence.reference, pair[0]), (evidence.candidate, pair[1]))
    )
    if theirs and not ours:
        return "the targets are the inputs themselves: they are not shifted"
    return (
        "the reference's targets are its inputs themselves: there they are not shifted"
        if ours and not theirs
        else ""
    )


def moved(entry: Divergence, evidence: Evidence) -> str:
    """The targets begin elsewhere in each row."""
    ours, theirs = _rows(entry, evidence)
    if ours is None or theirs is None:
        return ""
    for places in _PLACES:
        count = "one place" if places == 1 else f"{places} places"
        if _begins(ours, theirs, places):
            return f"the targets begin {count} later than the reference's: they are shifted once more"
        if _begins(theirs, ours, places):
            return f"the targets begin {count} earlier than the reference's: they are shifted once less"
    return ""


def passed_over(entry: Divergence, evidence: Evidence) -> str:
    """Targets that one side alone leaves out of the loss."""
    ours, theirs = _rows(entry, evidence)
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return ""
    apart = ours != theirs
    for value in _PASSED_OVER:
        if (theirs[apart] == value).all():
            return f"{apart.sum()} of {ours.size} targets are {value} here alone: losses pass over them"
        if (ours[apart] == value).all():
            return f"{apart.sum()} of {ours.size} targets are {value} in the reference: losses pass over them"
    return ""


def _begins(ours: Any, theirs: Any, places: int) -> bool:
    """Whether each row of the one is that of the other from some place on."""
    width = min(theirs.shape[1], ours.shape[1] - places)
    return bool(width >= _LEAST and (theirs[:, :width] == ours[:, places : places + width]).all())


def _inputs(side: Shown, entry: Divergence) -> list[Digest]:
    """What enters the network in the same pass."""
    _, _, where = entry.quantity.partition(" of ")
    phase = Phase.EVAL if entry.phase is Phase.EVAL else Phase.BATCH
    held = side.tensors(entry.step, phase).items()
    return [digest for name, digest in held if name.startswith("input") and name.endswith(f" of {where}")]


def _rows(entry: Divergence, evidence: Evidence) -> tuple[Any, Any]:
    """Both targets in as many rows as enter the network; whole numbers only."""
    pair = evidence.tensors(entry)
    if pair is None or not entry.quantity.startswith(_TARGETS):
        return None, None
    found = []
    for side, digest in ((evidence.reference, pair[0]), (evidence.candidate, pair[1])):
        values = array(digest) if digest.dtype.startswith("torch.int") else None
        count = next((held.shape[0] for held in _inputs(side, entry) if len(held.shape) > 1), 0)
        found.append(
            values.reshape(count, -1) if values is not None and count and values.size % count == 0 else None
        )
    both = found[0] is not None and found[1] is not None and len(found[0]) == len(found[1])
    return (found[0], found[1]) if both else (None, None)
