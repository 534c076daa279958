"""How far two values are apart."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest

from trainlint.facts.parity import Digest, Value
from trainlint.parity.distance import distance, is_same


def kept(*values: float) -> Digest:
    contents = struct.pack(f"<{len(values)}f", *values)
    norm, total, largest = math.hypot(*values), math.fsum(values), max(map(abs, values))
    return Digest((len(values),), "torch.float32", hash(contents), norm, total, largest, contents)


def summed(norm: float, total: float, largest: float, crc: int = 0) -> Digest:
    return Digest((4,), "torch.float32", crc, norm, total, largest)


def test_contents_give_the_l2_distance() -> None:
    assert distance(kept(3.0, 4.0), kept(3.0, 4.5)) == pytest.approx(0.1)


def test_a_change_of_order_is_seen_in_contents_only() -> None:
    assert distance(kept(3.0, 4.0), kept(4.0, 3.0)) == pytest.approx(math.sqrt(2) / 5)
    assert distance(summed(5.0, 7.0, 4.0, 1), summed(5.0, 7.0, 4.0, 2)) == 0


def test_whole_numbers_in_another_order_are_told_apart_without_their_contents() -> None:
    targets = replace(summed(5.0, 7.0, 4.0, 1), dtype="torch.int64")
    assert distance(targets, replace(targets, crc=2)) == pytest.approx(1 / 5)
    assert distance(targets, targets) == 0
    assert distance(targets, replace(targets, dtype="torch.int32", crc=2)) == 0


def test_without_contents_it_is_never_more_than_with_them() -> None:
    for one, other in [
        ((1.0, 2.0, 3.0), (1.1, 2.1, 3.1)),
        ((1.0, -2.0, 4.0), (-1.0, 2.0, 4.5)),
        ((0.0,), (2.0,)),
    ]:
        ours, theirs = kept(*one), kept(*other)
        bare = [replace(entry, contents=None) for entry in (ours, theirs)]
        within, known = distance(*bare), distance(ours, theirs)
        assert within is not None
        assert known is not None
        assert 0 < within <= known * (1 + 1e-6)
    assert distance(summed(1.0, math.nan, 1.0), summed(1.0, 1.0, 1.0, 1)) == math.inf


def test_sums_are_in_units_of_the_norm() -> None:
    assert distance(summed(10.0, 1e-9, 4.0), summed(10.0, 2e-9, 4.0)) == pytest.approx(5e-11)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (2.0, 2.0, 0.0),
        (2.0, 1.0, 0.5),
        (0.0, 3.0, 1.0),
        (math.nan, math.nan, 0.0),
        (1.0, math.nan, math.inf),
        (math.inf, math.inf, 0.0),
        ("a", "b", None),
        (None, 1.0, None),
    ],
)
def test_numbers(one: Value, other: Value, apart: float | None) -> None:
    assert distance(one, other) == apart


def test_nothing_is_as_far_as_not_a_number() -> None:
    assert distance(kept(1.0, 2.0), kept(1.0, math.nan)) == math.inf


def test_other_shapes_have_no_distance() -> None:
    assert distance(kept(1.0), kept(1.0, 2.0)) is None


def test_sameness_is_to_the_last_bit() -> None:
    assert is_same(kept(1.0, 2.0), kept(1.0, 2.0))
    assert not is_same(kept(1.0, 2.0), kept(2.0, 1.0))
    assert is_same(math.nan, math.nan)
    assert not is_same(1.0, 1.0 + 2**-52)


def test_bfloat16_is_read() -> None:
    bits = struct.pack("<2H", 0x3F80, 0x4000)
    one = Digest((2,), "torch.bfloat16", 1, 0.0, 0.0, 2.0, bits)
    assert distance(one, one) == 0
    other = Digest((2,), "torch.bfloat16", 2, 0.0, 0.0, 2.0, struct.pack("<2H", 0x3F80, 0x3F80))
    assert distance(one, other) == pytest.approx(1 / math.sqrt(5))
