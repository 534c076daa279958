"""Observations of two runs, where they part out, and what rounding explains."""

from __future__ import annotations

from trainlint.facts.parity import Digest, Observation, Phase, Value
from trainlint.parity.bounds import Bounds
from trainlint.parity.compare import divergences, exactly
from trainlint.parity.noise import MARGIN, allowing, noise, shaken


def seen(step: int, phase: Phase, quantity: str, value: Value) -> Observation:
    return Observation(step, phase, quantity, value, None)


RUN = [
    seen(-1, Phase.INIT, "w", 1.0),
    seen(0, Phase.LR, "lr", 0.1),
    seen(0, Phase.BATCH, "input 0", 5.0),
    seen(0, Phase.FORWARD, "loss", 2.0),
    seen(0, Phase.STRUCTURE, "forward passes", 1.0),
    seen(1, Phase.LR, "lr", 0.1),
]


def changed(**values: Value) -> list[Observation]:
    return [seen(e.step, e.phase, e.quantity, values.get(e.quantity, e.value)) for e in RUN]


def test_equal_runs_have_no_divergence() -> None:
    assert divergences(RUN, changed(), exactly, 2) == []


def test_causal_order_decides_what_is_first() -> None:
    found = divergences(RUN, changed(loss=3.0, lr=0.2), exactly, 2)
    assert [(entry.step, entry.phase) for entry in found] == [
        (0, Phase.LR),
        (0, Phase.FORWARD),
        (1, Phase.LR),
    ]


def test_a_norm_that_was_added_up_otherwise_is_no_divergence() -> None:
    def run(norm: float, gradient: float = 2.0) -> list[Observation]:
        return [
            seen(0, Phase.GRAD, "gradient of w", gradient),
            seen(0, Phase.GRADNORM, "norm of the gradients", norm),
        ]

    assert divergences(run(1.0), run(1.0 + 1e-8), exactly, 1) == []
    apart = divergences(run(1.0), run(1.0 + 1e-8, gradient=2.1), exactly, 1)
    assert [entry.phase for entry in apart] == [Phase.GRAD, Phase.GRADNORM]
    # As much as this comes from a gradient that has no counterpart.
    (entry,) = divergences(run(1.0), run(1.1), exactly, 1)
    assert entry.phase is Phase.GRADNORM


def test_updates_that_only_one_run_made_do_not_count() -> None:
    assert divergences(RUN, changed()[:-1], exactly, 1) == []
    assert [entry.candidate for entry in divergences(RUN, changed()[:-1], exactly, 2)] == ["absent"]


def test_a_count_says_what_is_missing_with_it() -> None:
    more = [
        *RUN[:4],
        seen(0, Phase.BATCH, "input 0 again", 6.0),
        seen(0, Phase.STRUCTURE, "forward passes", 2.0),
        RUN[-1],
    ]
    assert [entry.quantity for entry in divergences(RUN, more, exactly, 2)] == ["forward passes"]


def test_what_moves_by_itself_is_noise() -> None:
    (found,) = noise([RUN], [changed(loss=2.5)], 2)
    assert (found.phase, found.quantity) == (Phase.FORWARD, "loss")


def test_what_moves_stands_once_where_it_is_seen_first_on_any_rank() -> None:
    later = [*RUN[:-1], seen(1, Phase.LR, "lr", 0.3)]
    (found,) = noise([RUN, RUN], [later, changed(lr=0.3)], 2)
    assert (found.quantity, found.step) == ("lr", 0)


def test_a_tolerance_is_the_farthest_move_times_the_margin() -> None:
    tolerance = allowing(shaken((RUN, changed(loss=2.0 * moved)) for moved in (1 + 1e-6, 1 - 3e-6)), 1e-9)
    allowed = tolerance(RUN[3])
    assert allowed is not None
    assert abs(allowed / (MARGIN * 3e-6) - 1) < 1e-6
    assert divergences(RUN, changed(loss=2.0 * (1 + 1e-5)), tolerance, 2) == []
    assert len(divergences(RUN, changed(loss=2.0 * (1 + 1e-4)), tolerance, 2)) == 1


def test_what_did_not_move_may_still_be_rounded() -> None:
    tolerance = allowing(shaken([(RUN, changed())]), 1e-7)
    assert tolerance(RUN[1]) == MARGIN * 1e-7


def test_whole_numbers_are_not_rounded_and_may_not_change_places() -> None:
    """Tokens in another order have the same sums, and a tolerance says nothing of them."""
    one, other = ([seen(0, Phase.BATCH, "input 0", tokens(crc))] for crc in (1, 2))
    for tolerance in (allowing(shaken([(one, one)])), Bounds(rtol=1e-3, atol=1.0).tolerance):
        assert divergences(one, one, tolerance, 1) == []
        assert [entry.phase for entry in divergences(one, other, tolerance, 1)] == [Phase.BATCH]
    drawn = allowing(shaken([(one, [seen(0, Phase.BATCH, "input 0", tokens(3, 1.5))])]))
    assert divergences(one, other, drawn, 1) == []


def tokens(crc: int, total: float = 3.0) -> Digest:
    return Digest((2, 2), "torch.int64", crc, 2.0, total, 2.0)


def test_texts_are_the_same_or_not() -> None:
    one = [seen(0, Phase.CONFIG, "dtype", "float32")]
    other = [seen(0, Phase.CONFIG, "dtype", "float64")]
    (found,) = divergences(one, other, allowing(shaken([(one, one)]), 1.0), 1)
    assert found.distance is None


def told(value: float, unit: float = 0.0) -> Observation:
    return Observation(0, Phase.LR, "printed loss", value, None, optional=True, told=True, unit=unit)


def test_what_only_one_run_tells_is_no_divergence() -> None:
    assert divergences([*RUN, told(2.0)], RUN, exactly, 2) == []
    assert divergences(RUN, [*RUN, told(2.0)], exactly, 2) == []
    assert len(divergences([told(2.0)], [told(3.0)], exactly, 2)) == 1


def test_what_is_told_follows_from_what_was_seen_in_its_update() -> None:
    found = divergences([*RUN, told(2.0)], [*changed(loss=3.0), told(3.0)], exactly, 2)
    assert [entry.quantity for entry in found] == ["loss", "printed loss"]


def test_a_number_may_be_told_with_fewer_digits() -> None:
    assert divergences([told(2.3456, 1e-4)], [told(2.345649)], exactly, 1) == []
    assert len(divergences([told(2.3456, 1e-4)], [told(2.34566)], exactly, 1)) == 1
    assert len(divergences([told(2.3456, 1e-4)], [told(2.3457, 1e-4)], exactly, 1)) == 1


def test_what_moves_ever_so_little_may_turn_the_last_digit() -> None:
    turned = [told(2.3457, 1e-4)]
    assert divergences([told(2.3456, 1e-4)], turned, lambda _: 1e-9, 1) == []
    assert len(divergences([told(2.3454, 1e-4)], turned, lambda _: 1e-9, 1)) == 1


def test_what_explains_counts_only_where_something_is_to_be_explained() -> None:
    def summed(how: str) -> Observation:
        return Observation(0, Phase.BATCH, "reduction", how, None, explains=Phase.FORWARD)

    assert divergences([*RUN, summed("sum")], [*RUN, summed("mean")], exactly, 2) == []
    assert divergences([*RUN, summed("sum")], changed(lr=0.2), exactly, 1)[0].quantity == "lr"
    found = divergences([*RUN, summed("sum")], [*changed(loss=3.0), summed("mean")], exactly, 2)
    assert [entry.quantity for entry in found] == ["reduction", "loss"]


def test_what_is_told_before_any_update_announces_the_first() -> None:
    def passes(count: float, tokens: float) -> list[Observation]:
        return [
            Observation(-1, Phase.CONFIG, "printed tokens per iteration", tokens, None, told=True),
            Observation(0, Phase.STRUCTURE, "forward passes", count, None),
        ]

    found = divergences(passes(2.0, 128.0), passes(4.0, 256.0), exactly, 1)
    assert [entry.told for entry in found] == [False, True]
