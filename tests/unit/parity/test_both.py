"""What ranks show, written by hand: causes that only several of them together can tell."""

from __future__ import annotations

import zlib

import pytest

from trainlint.facts.parity import Digest, Divergence, Kind, Observation, Phase, Value
from trainlint.parity.both import Both, explained, parted
from trainlint.parity.compare import exactly

Ranks = tuple[tuple[Observation, ...], ...]
GRADIENT = "gradient of weight"


def gradient(total: float) -> Digest:
    return Digest((8,), "torch.float32", zlib.crc32(repr(total).encode()), 2.0, total, 1.0)


def rank(loss: float, total: float, printed: float | None) -> tuple[Observation, ...]:
    """An update of two micro-steps."""
    found: list[tuple[Phase, str, Value]] = [
        (Phase.FORWARD, "the loss of a backward pass", loss / 4),
        (Phase.FORWARD, "the loss of a backward pass (2)", loss),
        (Phase.GRAD, GRADIENT, gradient(total)),
    ]
    shown = [Observation(0, phase, name, value, None) for phase, name, value in found]
    if printed is not None:
        shown.append(
            Observation(0, Phase.FORWARD, "printed loss", printed, None, optional=True, told=True, unit=1e-3)
        )
    return tuple(shown)


def first(reference: Ranks, candidate: Ranks) -> Divergence:
    both = Both(reference, candidate, (), (True, True), 1)
    return explained(both, parted(both, exactly))[0]


@pytest.mark.parametrize(
    ("printed", "what"),
    [
        (0.8127, "the loss of this rank alone"),
        (1.6254, "the loss of this rank alone"),
        (3.0675, "the sum over 2 ranks"),
        (3.1117, ""),
    ],
)
def test_a_number_is_known_from_the_losses_of_all_ranks(printed: float, what: str) -> None:
    """The last micro-step's, that times their number, and the mean of all; the reference tells the last."""
    reference = rank(0.8127, 1.0, 1.2270), rank(1.6413, 1.0, None)
    found = first(reference, (rank(0.8127, 1.0, printed), rank(1.6413, 1.0, None)))
    assert found.told
    said = found.cause.startswith(f"it is {what}, in the reference the mean over 2 ranks")
    assert said == bool(what), found.cause


def test_gradients_that_each_rank_keeps_to_itself() -> None:
    reference = rank(0.8, 1.0, None), rank(1.6, 1.0, None)
    lost = first(reference, (rank(0.8, 1.5, None), rank(1.6, 0.5, None)))
    assert (lost.phase, lost.kind) == (Phase.GRAD, Kind.DRIFT)
    assert (
        lost.cause
        == "each rank has gradients of its own, and the reference their mean: they are not exchanged"
    )
    other = first(reference, (rank(0.8, 1.5, None), rank(1.6, 1.2, None)))
    assert other.cause == "each rank has gradients of its own: they are not exchanged"


def test_gradients_that_ranks_of_both_hold_apart_are_parts_of_them() -> None:
    parts = rank(0.8, 1.0, None), rank(1.6, 0.7, None)
    found = first(parts, (rank(0.8, 1.5, None), rank(1.6, 0.5, None)))
    assert found.kind is Kind.VALUE
    assert "not exchanged" not in found.cause
