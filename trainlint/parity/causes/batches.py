"""Batches that differ in, what of the reference's data they are out."""

from __future__ import annotations

import math
from typing import Any

from trainlint.facts.parity import Digest, Divergence, Phase
from trainlint.parity.causes.evidence import Evidence, Shown, per_pass
from trainlint.parity.causes.ratios import factor, is_near, size


def kind(entry: Divergence, evidence: Evidence) -> str:
    """The same numbers in another type."""
    pair = evidence.tensors(entry)
    if pair is None or pair[0].dtype == pair[1].dtype:
        return ""
    ours, theirs = (digest.dtype.removeprefix("torch.") for digest in pair)
    same = is_near(pair[0].norm, pair[1].norm) and pair[0].shape == pair[1].shape
    return f"{'the same numbers as' if same else 'numbers are'} {theirs}, in the reference {ours}"


def length(entry: Divergence, evidence: Evidence) -> str:
    """Batches of another shape."""
    pair = evidence.tensors(entry)
    if pair is None or pair[0].shape == pair[1].shape:
        return ""
    ours, theirs = (digest.shape for digest in pair)
    if not ours or len(ours) != len(theirs):
        return "another shape"
    if ours[1:] == theirs[1:]:
        return f"batches of {theirs[0]} rows, in the reference of {ours[0]}"
    if ours[0] == theirs[0] and len(ours) > 1 and ours[2:] == theirs[2:]:
        return f"rows of length {theirs[1]}, in the reference of {ours[1]}"
    if math.prod(ours) == math.prod(theirs):
        return "the same number of elements in another shape"
    return ""


def shifted(entry: Divergence, evidence: Evidence) -> str:
    """The rows are the reference's, moved along the last dimension."""
    ours, theirs = _arrays(entry, evidence)
    if ours is None or theirs is None or ours.shape != theirs.shape or ours.ndim < 1 or ours.shape[-1] < 4:
        return ""
    for places in (1, 2):
        if (ours[..., places:] == theirs[..., :-places]).all():
            return f"each row begins {_places(places)} later than in the reference"
        if (ours[..., :-places] == theirs[..., places:]).all():
            return f"each row begins {_places(places)} earlier than in the reference"
    return ""


def rows(entry: Divergence, evidence: Evidence) -> str:
    """The same rows in another order."""
    ours, theirs = _arrays(entry, evidence)
    if ours is not None and theirs is not None:
        if ours.shape != theirs.shape or ours.ndim < 1 or ours.shape[0] < 2:
            return ""
        same = sorted(row.tobytes() for row in ours) == sorted(row.tobytes() for row in theirs)
        return "the same rows, in another order" if same else ""
    pair = evidence.tensors(entry)
    if pair is None or pair[0].shape != pair[1].shape or not math.prod(pair[0].shape) > 1:
        return ""
    sums = [(digest.norm, digest.total, digest.largest) for digest in pair]
    # Sums in fp64 move by their rounding alone when numbers change places.
    alike = all(math.isclose(one, other, rel_tol=1e-12) for one, other in zip(*sums, strict=True))
    return "the same numbers, in another order" if alike else ""


def elsewhere(entry: Divergence, evidence: Evidence) -> str:
    """A batch that the reference has as well, a fixed number of passes before or after."""
    what = per_pass(entry.quantity)
    ours, theirs = (_batches(side, what) for side in (evidence.reference, evidence.candidate))
    if len(ours) < 3 or len(set(ours)) < len(ours):
        return ""
    for shift in (1, -1, 2, -2):
        pairs = [
            (ours[place + shift], theirs[place])
            for place in range(len(theirs))
            if 0 <= place + shift < len(ours)
        ]
        if len(pairs) > 1 and all(one == other for one, other in pairs):
            way = "ahead of" if shift > 0 else "behind"
            count = "one batch" if abs(shift) == 1 else f"{abs(shift)} batches"
            return f"the same batches, {count} {way} the reference"
    return ""


def order(entry: Divergence, evidence: Evidence) -> str:
    """The batches of the reference in another order, one batch again and again, or none of them."""
    what = per_pass(entry.quantity)
    ours, theirs = (_batches(side, what) for side in (evidence.reference, evidence.candidate))
    if len(theirs) > 1 and len(set(theirs)) == 1 and len(set(ours)) > 1:
        inputs = {per_pass(name) for name in evidence.candidate.phases.get(Phase.BATCH, {})}
        changing = [name for name in inputs if len(set(_batches(evidence.candidate, name))) > 1]
        if changing:
            return "it is one and the same each time, while other inputs of the network change"
        return "the candidate sees one and the same batch each time"
    if len(ours) > 1 and sorted(ours) == sorted(theirs):
        return "the same batches, in another order"
    if len(theirs) > 1 and len(set(theirs)) == 1 == len(set(ours)):
        return ""
    elsewhere = [
        batch for place, batch in enumerate(theirs) if batch in ours and ours[place : place + 1] != [batch]
    ]
    if len(ours) > 1 and elsewhere:
        return f"{len(elsewhere)} of {len(ours)} batches of the reference, at other places"
    if not evidence.same_draws:
        return "the random generator stands elsewhere when training begins: the seed, or what is drawn before"
    return ""


def scaled(entry: Divergence, evidence: Evidence) -> str:
    """The numbers are a multiple of the reference's."""
    pair = evidence.tensors(entry)
    value = None if pair is None else factor(*pair)
    return "" if value is None or is_near(value, 1) else f"the numbers are {size(value)}"


def _places(count: int) -> str:
    return "one place" if count == 1 else f"{count} places"


def _batches(side: Shown, what: str) -> list[tuple[tuple[int, ...], int]]:
    """What enters the network at a place in all passes, in their order."""
    found = []
    for name, series in side.phases.get(Phase.BATCH, {}).items():
        if per_pass(name) == what and name != what:
            found += [
                (step, int(name.rpartition(" ")[2]), value)
                for step, value in series.items()
                if isinstance(value, Digest) and name.rpartition(" ")[2].isdecimal()
            ]
    ordered = sorted(found, key=lambda entry: entry[:2])
    return [(digest.shape, digest.crc) for _, _, digest in ordered]


def _arrays(entry: Divergence, evidence: Evidence) -> tuple[Any, Any]:
    pair = evidence.tensors(entry)
    return (None, None) if pair is None else (array(pair[0]), array(pair[1]))


def array(digest: Digest) -> Any:
    """A tensor as its bytes have it, None where they were not kept or are of no type that numpy knows."""
    if digest.contents is None:
        return None
    # Only where contents were kept: what compares digests alone does without.
    import numpy

    name = {"torch.bool": "bool_", "torch.bfloat16": "uint16"}.get(digest.dtype, digest.dtype)
    kind = getattr(numpy, name.removeprefix("torch."), None)
    return None if kind is None else numpy.frombuffer(digest.contents, kind).reshape(digest.shape)
