"""Gradients that are clipped otherwise in, to which bound and what of them out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from trainlint.facts.parity import Digest, Divergence, Phase
from trainlint.parity.causes.evidence import Evidence, Shown
from trainlint.parity.causes.ratios import is_near

_RAW, _TAKEN, _BOUND = "gradient of ", "gradient taken of ", "the bound of "
_RETURNS = "what clip_grad_norm_ returns"


def absent(entry: Divergence, evidence: Evidence) -> str:
    """One side does not call what clips."""
    ours, theirs = evidence.values(entry)
    if not entry.quantity.startswith((_BOUND, "what clip_grad")) or (ours is None) == (theirs is None):
        return ""
    said = "the candidate does not clip here" if theirs is None else "the reference does not clip here"
    side = evidence.candidate if theirs is None else evidence.reference
    taken = _taken(side, entry.step)
    return f"{said}{f': its gradients are {taken}' if taken else ''}"


def bound(entry: Divergence, evidence: Evidence) -> str:
    """Another bound."""
    pair = evidence.numbers(entry)
    return "" if pair is None or not entry.quantity.startswith(_BOUND) else "another bound for the gradients"


def part(entry: Divergence, evidence: Evidence) -> str:
    """The norm that clipping returns is that of other gradients, or another norm of the same."""
    pair = evidence.numbers(entry)
    if (
        pair is None
        or entry.quantity != _RETURNS
        or not evidence.are_equal(entry.step, Phase.GRAD, "gradient")
    ):
        return ""
    found = list(evidence.candidate.tensors(entry.step, Phase.GRAD).values())
    if found and is_near(max(digest.largest for digest in found), pair[1]):
        return "it is the largest gradient, not the norm of all: another kind of norm"
    return "the gradients are the same: other ones are clipped, or by another norm"


def applied(entry: Divergence, evidence: Evidence) -> str:
    """The same gradients, taken otherwise: what each side has done to them."""
    if not evidence.are_equal(entry.step, Phase.GRAD, "gradient"):
        return ""
    ours, theirs = _taken(evidence.reference, entry.step), _taken(evidence.candidate, entry.step)
    if not ours or not theirs or ours == theirs:
        return ""
    return f"from the same gradients: in the reference they are {ours}, in the candidate {theirs}"


def _taken(side: Shown, step: int) -> str:
    """What became of gradients until the optimizer took them, in words; empty where that is not plain."""
    raw = _named(side.tensors(step, Phase.GRAD), _RAW)
    taken = _named(side.tensors(step, Phase.CLIP), _TAKEN)
    if not raw or raw.keys() != taken.keys():
        return ""
    if all(raw[name].crc == taken[name].crc for name in raw):
        return "taken as they are"
    factors = [taken[name].norm / raw[name].norm for name in raw if raw[name].norm]
    if factors and all(is_near(value, factors[0]) for value in factors):
        norm = math.hypot(*(digest.norm for digest in taken.values()))
        if factors[0] < 1:
            return f"scaled to a norm of {norm:.4g}"
        return f"multiplied by {factors[0]:.4g}"
    largest = {round(taken[name].largest, 6) for name in raw if raw[name].largest > taken[name].largest}
    if len(largest) == 1:
        return f"cut to {largest.pop():.4g}, number by number"
    norms = {round(taken[name].norm, 4) for name in raw if raw[name].norm > taken[name].norm}
    return f"scaled to a norm of {norms.pop():.4g} each by itself" if len(norms) == 1 else ""


def _named(tensors: Mapping[str, Digest], start: str) -> dict[str, Digest]:
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
