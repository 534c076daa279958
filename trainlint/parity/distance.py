"""Two values of one quantity in, how far they are apart out."""

from __future__ import annotations

import math
from typing import Any

from trainlint.facts.parity import Digest, Value

#: Types whose contents are compared number by number, beside bfloat16, which numpy does not know.
_KINDS = ("torch.float16", "torch.float32", "torch.float64")
_WHOLE = ("torch.int64", "torch.int32", "torch.int16", "torch.int8", "torch.uint8", "torch.bool")


def is_same(reference: Value, candidate: Value) -> bool:
    """Whether two values are the same to the last bit; dtypes and shapes count."""
    if isinstance(reference, Digest) and isinstance(candidate, Digest):
        if (reference.shape, reference.dtype) != (candidate.shape, candidate.dtype):
            return False
        if reference.crc == candidate.crc:
            return True
        return reference.contents is not None and reference.contents == candidate.contents
    if isinstance(reference, float) and isinstance(candidate, float):
        return reference == candidate or (math.isnan(reference) and math.isnan(candidate))
    return reference == candidate


def distance(reference: Value, candidate: Value) -> float | None:
    """The relative L2 distance, with the reference's norm as its unit; None where there is none.

    Without contents it is at least what norm, sum and largest value show: never more than the distance of the
    contents would be, and 0 for a mere change of order. Whole numbers that differ do so by 1 at least.
    """
    if isinstance(reference, Digest) and isinstance(candidate, Digest):
        return _of_tensors(reference, candidate)
    if isinstance(reference, float) and isinstance(candidate, float):
        return relative(reference, candidate)
    return None


def is_whole(value: Value) -> bool:
    """Whether a value is a tensor of whole numbers, such as tokens and indices, which nothing rounds."""
    return isinstance(value, Digest) and value.dtype in _WHOLE


def size(value: Value) -> float:
    """How large a number is, or a number of a tensor as a rule: the root of the mean of the squares."""
    if isinstance(value, Digest):
        return value.norm / math.sqrt(math.prod(value.shape) or 1)
    return abs(value) if isinstance(value, float) else 0.0


def relative(reference: float, candidate: float) -> float:
    """The difference of two numbers in units of the reference's size; inf where only one is finite."""
    if reference == candidate or (math.isnan(reference) and math.isnan(candidate)):
        return 0.0
    if not (math.isfinite(reference) and math.isfinite(candidate)):
        return math.inf
    unit = abs(reference) or abs(candidate)
    return abs(reference - candidate) / unit


def _of_tensors(reference: Digest, candidate: Digest) -> float | None:
    if reference.shape != candidate.shape:
        return None
    ours, theirs = numbers(reference), numbers(candidate)
    if ours is None or theirs is None:
        unit = reference.norm or candidate.norm or 1.0
        # By so much a sum may move where the numbers move by a norm of 1.
        spread = math.sqrt(math.prod(reference.shape) or 1)
        sums = abs(reference.total - candidate.total) / spread
        norms, largest = reference.norm - candidate.norm, reference.largest - candidate.largest
        least = 1.0 if _are_whole(reference, candidate) else 0.0
        apart = max(sums, abs(norms), abs(largest), least) / unit
        return math.inf if math.isnan(sums + norms + largest) else apart
    apart = _norm(ours - theirs)
    unit = _norm(ours) or _norm(theirs)
    if math.isnan(apart):
        return math.inf
    return apart / unit if unit else 0.0


def _are_whole(reference: Digest, candidate: Digest) -> bool:
    """Whether both hold whole numbers of one type, not all the same."""
    return is_whole(reference) and reference.dtype == candidate.dtype and reference.crc != candidate.crc


def _norm(values: Any) -> float:
    return math.sqrt(float(values @ values))


def numpy_kind(dtype: str) -> str | None:
    """The kind of numpy's numbers that have the same bytes, None where there is none."""
    if dtype == "torch.bfloat16":
        return "uint16"
    return dtype.removeprefix("torch.") if dtype in (*_KINDS, *_WHOLE) else None


def numbers(digest: Digest) -> Any:
    """What a tensor holds as an fp64 array, None where its contents were not kept or are no such numbers."""
    if digest.contents is None:
        return None
    # Only where contents were kept: what compares digests alone does without.
    import numpy

    if digest.dtype == "torch.bfloat16":
        bits = numpy.frombuffer(digest.contents, numpy.uint16).astype(numpy.uint32) << 16
        return bits.view(numpy.float32).astype(numpy.float64)
    kind = numpy_kind(digest.dtype)
    return None if kind is None else numpy.frombuffer(digest.contents, kind).astype(numpy.float64)
