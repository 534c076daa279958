"""What fp64 decides, and what a user's own bounds allow."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from trainlint.facts.parity import Digest, Divergence, Observation, Phase
from trainlint.parity.both import Both, share
from trainlint.parity.bounds import Bounds
from trainlint.parity.compare import divergences
from trainlint.parity.doubt import farthest, in_doubt, relaxed, shrinking


def seen(value: float | Digest, quantity: str = "loss", step: int = 0) -> Observation:
    return Observation(step, Phase.FORWARD, quantity, value, None)


def apart(
    distance: float | None, tolerance: float | None, step: int = 0, quantity: str = "loss"
) -> Divergence:
    return Divergence(step, Phase.FORWARD, quantity, "1", "2", None, None, distance, tolerance)


def both(ours: list[Observation], theirs: list[Observation]) -> Both:
    return Both((tuple(ours),), (tuple(theirs),), (), (True,), 9)


@pytest.mark.parametrize(
    ("first", "doubt"),
    [
        (apart(1e-6, 4e-7), True),
        (apart(1e-3, 4e-7), False),
        (apart(1e-3, 4e-7, step=5), True),
        (apart(0.5, 4e-7, step=5), False),
        (apart(None, None), False),
        (replace(apart(1e-6, 4e-7), told=True), False),
    ],
)
def test_only_what_may_be_rounding_is_doubted(first: Divergence, doubt: bool) -> None:
    assert in_doubt([first]) is doubt


def test_what_shrinks_in_fp64_is_rounding_and_what_does_not_is_none() -> None:
    found = [apart(1e-6, 1e-7), apart(2e-6, 1e-7, quantity="norm"), apart(3e-6, 1e-7, quantity="gone")]
    wide = both([seen(1.0), seen(1.0, "norm")], [seen(1.0 + 1e-14), seen(1.0 + 2e-6, "norm")])
    rounding = shrinking(found, wide)
    assert rounding == {(0, Phase.FORWARD, "loss")}
    allowed = relaxed(lambda _: 1e-7, rounding)
    assert (allowed(seen(1.0)), allowed(seen(1.0, "norm"))) == (math.inf, 1e-7)
    assert farthest(found, wide) == pytest.approx(1e-14, rel=0.1)


def test_what_is_only_equal_or_not_stays() -> None:
    assert not shrinking([apart(None, None)], both([seen(1.0)], [seen(1.0)]))


def tensor(size: float, count: int) -> Digest:
    norm = size * math.sqrt(count)
    return Digest((count,), "torch.float32", hash(size), norm, size * count, size)


@pytest.mark.parametrize(
    ("bounds", "is_allowed"),
    [
        (Bounds(rtol=1e-3), False),
        (Bounds(rtol=1e-1), True),
        (Bounds(atol=0.01), False),
        (Bounds(atol=0.2), True),
        (Bounds(rtol=0.04, atol=0.04), True),
        (Bounds(exact=True), False),
    ],
)
@pytest.mark.parametrize(("one", "other"), [(2.0, 2.1), (tensor(2.0, 100), tensor(2.1, 100))])
def test_bounds_of_a_user(
    bounds: Bounds, is_allowed: bool, one: float | Digest, other: float | Digest
) -> None:
    assert (divergences([seen(one)], [seen(other)], bounds.tolerance, 9) == []) is is_allowed


def test_an_absolute_bound_counts_where_the_reference_is_zero() -> None:
    assert divergences([seen(0.0)], [seen(1e-9)], Bounds(atol=1e-8).tolerance, 9) == []
    assert len(divergences([seen(0.0)], [seen(1e-7)], Bounds(atol=1e-8).tolerance, 9)) == 1
    assert len(divergences([seen(0.0)], [seen(1e-9)], Bounds(rtol=0.5).tolerance, 9)) == 1


def test_the_largest_share_of_what_is_allowed() -> None:
    ours, theirs = [seen(1.0), seen(1.0, "norm")], [seen(1.01), seen(1.04, "norm")]
    assert share(both(ours, theirs), lambda _: 0.1) == pytest.approx(0.4)
    assert share(both(ours, ours), lambda _: 0.1) is None
