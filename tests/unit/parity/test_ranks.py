"""Ranks that share a batch against one process, and ranks whose weights drift apart."""

from __future__ import annotations

from tests.unit.parity.test_match import digest
from trainlint.facts.parity import Digest, Kind, Observation, Phase, Value
from trainlint.parity.both import Both, explained, parted
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.ranks import drifts, rows, together


def seen(phase: Phase, quantity: str, value: Value, step: int = 0) -> Observation:
    return Observation(step, phase, quantity, value, None)


def batch(micro: int, *numbers: float, kept: bool = True) -> Observation:
    return seen(
        Phase.BATCH, f"input 0 of micro-step {micro}", digest(numbers, (len(numbers) // 2, 2), kept=kept)
    )


def loss(value: float) -> Observation:
    return seen(Phase.FORWARD, "the loss of a backward pass", value)


def test_the_same_rows_in_whatever_order_and_the_mean_of_the_losses() -> None:
    one = [batch(1, 1, 2, 3, 4, 5, 6, 7, 8), loss(2.0), seen(Phase.STRUCTURE, "forward passes", 1.0)]
    ranks = [[batch(1, 5, 6, 1, 2), loss(1.5)], [batch(1, 7, 8, 3, 4), loss(2.5)]]
    assert divergences(together([one]), together(ranks), exactly, 1) == []
    accumulated = [batch(1, 3, 4, 1, 2), loss(0.5), batch(2, 5, 6, 7, 8), loss(1.5)]
    assert divergences(together([one]), together([accumulated]), exactly, 1) == []


def test_a_row_that_two_ranks_both_have() -> None:
    one = [batch(1, 1, 2, 3, 4)]
    ranks = [[batch(1, 1, 2)], [batch(1, 1, 2)]]
    (found,) = divergences(together([one]), together(ranks), exactly, 1)
    assert (found.phase, found.quantity) == (Phase.BATCH, "input 0, all ranks and micro-steps")


def test_rows_without_contents_are_known_by_their_sums() -> None:
    one, other = batch(1, 1, 2, 3, 4, kept=False).value, batch(1, 3, 4, 1, 2, kept=False).value
    assert isinstance(one, Digest)
    assert isinstance(other, Digest)
    assert rows([one]) == rows([other])


def test_what_follows_the_exchange_is_that_of_rank_0() -> None:
    gradient = seen(Phase.GRAD, "gradient of w", 0.5)
    ranks = [[gradient], [gradient]]
    assert together(ranks) == (gradient,)


def weights(*values: float) -> list[list[Observation]]:
    return [
        [
            seen(Phase.INIT, "w", 1.0, -1),
            seen(Phase.UPDATE, "w", value),
            seen(Phase.UPDATE, "exp_avg of w", value),
        ]
        for value in values
    ]


def test_ranks_that_drift_apart() -> None:
    (found,) = drifts(weights(1.0, 1.0), weights(1.0, 1.0 + 1e-12), 1)
    assert (found.kind, found.phase, found.rank) == (Kind.DRIFT, Phase.UPDATE, 1)
    assert found.quantity == "w on rank 1 and on rank 0"


def test_shards_and_a_single_process_do_not_drift() -> None:
    assert list(drifts(weights(1.0, 2.0), weights(1.0, 2.0), 1)) == []
    assert list(drifts(weights(1.0), weights(1.0), 1)) == []


def test_one_process_against_ranks_is_compared_as_a_whole() -> None:
    one = ((batch(1, 1, 2, 3, 4), loss(2.0), seen(Phase.GRAD, "gradient of w", 1.0)),)
    two = tuple(
        (batch(1, *row), loss(2.0), seen(Phase.GRAD, "gradient of w", 1.0)) for row in ((1, 2), (3, 4))
    )
    assert parted(Both(one, two, (), (True,), 1, is_pooled=True), exactly) == []
    local = (*two[:1], (*two[1][:2], seen(Phase.GRAD, "gradient of w", 3.0)))
    assert parted(Both(one, local, (), (True,), 1, is_pooled=True), exactly) == []
    drifted = tuple((seen(Phase.INIT, "w", 1.0, -1), seen(Phase.UPDATE, "w", value)) for value in (1.0, 2.0))
    single = ((seen(Phase.INIT, "w", 1.0, -1), seen(Phase.UPDATE, "w", 1.0)),)
    (found,) = parted(Both(single, drifted, (), (True,), 1, is_pooled=True), exactly)
    assert found.kind is Kind.DRIFT
    assert explained(Both(single, drifted, (), (True,), 1, is_pooled=True), [found]) == [found]
