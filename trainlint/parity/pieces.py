"""Tensors of a run and how they hang together in, the one tensor that they are parts of out.

One program holds three matrices where the other holds one, or a matrix the other way round. What the two make
of them is compared in a form that both can be brought into: parts put one below the other, turned before
that, their rows in the order of the reference.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from trainlint.facts.parity import Digest
from trainlint.parity.distance import numpy_kind
from trainlint.record import record

#: The polynomial of CRC-32, lowest power in the highest bit.
_POLYNOMIAL = 0xEDB88320
#: Bytes of a number; most others have 4.
_SIZES = {"float64": 8, "int64": 8, "complex64": 8, "complex128": 16, "float16": 2, "bfloat16": 2}
_SIZES |= {"int16": 2, "int8": 1, "uint8": 1, "bool": 1}


@record
class Form:
    """What a quantity is made of in one run: its name, the places of its parts and how they are laid out.

    `rows`: for each row of the whole, where it stands in the parts put one below the other; empty where it
    stands in its own place.
    """

    name: str
    parts: tuple[int, ...]
    is_turned: bool = False
    rows: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the form is a parameter as it is."""
        return len(self.parts) == 1 and not self.is_turned and not self.rows


def whole(parts: Sequence[Digest | None], form: Form, blanks: Sequence[Digest]) -> Digest | None:
    """The digest of the tensor that parts make; a part that is None beside others counts as zeros.

    `blanks` are parts of the same shapes and types, such as the parameters that gradients belong to.
    """
    if form.is_plain or all(part is None for part in parts):
        return parts[0]
    there = [part if part is not None else _zeros(blank) for part, blank in zip(parts, blanks, strict=True)]
    if not any(part.shape for part in there) and len({part.crc for part in there}) == 1:
        # Each part counts its own updates.
        return there[0]
    values = array(there, form)
    contents = None if values is None else bytes(values.tobytes())
    return Digest(
        turned_shape(there, is_turned=form.is_turned) or there[0].shape,
        there[0].dtype if len({part.dtype for part in there}) == 1 else "mixed",
        _joined_crc(there) if contents is None else zlib.crc32(contents),
        math.hypot(*(part.norm for part in there)),
        math.fsum(part.total for part in there),
        max(part.largest for part in there),
        contents,
    )


def _zeros(blank: Digest) -> Digest:
    contents = bytes(size(blank))
    return replace(blank, crc=zlib.crc32(contents), norm=0.0, total=0.0, largest=0.0, contents=contents)


def turned_shape(parts: Sequence[Digest], *, is_turned: bool) -> tuple[int, ...] | None:
    """The shape of parts put one below the other, None where they do not fit."""
    shapes = [part.shape[::-1] if is_turned else part.shape for part in parts]
    if len(shapes) == 1:
        return shapes[0]
    if not all(shapes) or len({shape[1:] for shape in shapes}) > 1:
        return None
    return (sum(shape[0] for shape in shapes), *shapes[0][1:])


def array(parts: Sequence[Digest], form: Form) -> Any:
    """The whole as a numpy array of the bytes' own kind; None where contents are missing or do not fit."""
    import numpy

    found = []
    for part in parts:
        kind = numpy_kind(part.dtype)
        if part.contents is None or kind is None:
            return None
        values = numpy.frombuffer(part.contents, kind)
        if values.size != math.prod(part.shape):
            return None
        values = values.reshape(part.shape)
        found.append(values.T if form.is_turned else values)
    if len(found) == 1 and not form.rows:
        return numpy.ascontiguousarray(found[0])
    if len({(values.dtype, values.shape[1:]) for values in found}) > 1 or not found[0].shape:
        return None
    joined = numpy.concatenate(found)
    return joined[list(form.rows)] if form.rows and len(form.rows) == len(joined) else joined


def _joined_crc(parts: Sequence[Digest]) -> int:
    """The checksum of the parts' bytes one after the other, which no byte of them is needed for."""
    crc = parts[0].crc
    for part in parts[1:]:
        crc = combined(crc, part.crc, size(part))
    return crc


def size(digest: Digest) -> int:
    """How many bytes a tensor has."""
    return math.prod(digest.shape) * _SIZES.get(digest.dtype.removeprefix("torch."), 4)


def combined(first: int, second: int, length: int) -> int:
    """The CRC-32 of two texts after one another, from that of each and the number of bytes of the second."""
    return _times(_power(length), first) ^ second


@cache
def _power(length: int) -> int:
    """The 8 * length-th power of x, modulo the polynomial."""
    square, result = 1 << 30, 1 << 31
    length *= 8
    while length:
        if length & 1:
            result = _times(square, result)
        square = _times(square, square)
        length >>= 1
    return result


def _times(one: int, other: int) -> int:
    """The product of two polynomials, modulo the polynomial."""
    product = 0
    for bit in range(31, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ _POLYNOMIAL if other & 1 else other >> 1
    return product
