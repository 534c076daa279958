"""Observations of two runs become what is drawn and tabled of them."""

from __future__ import annotations

import math

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.parity.series import around, series


def seen(step: int, phase: Phase, quantity: str, value: Value) -> Observation:
    return Observation(step, phase, quantity, value, None)


def tensor(norm: float) -> Digest:
    return Digest((2,), "torch.float32", int(norm * 8), norm, norm, norm)


def run(rate: float = 0.1, norm: float = 1.0) -> list[Observation]:
    found = [seen(-1, Phase.INIT, "w", tensor(1.0))]
    for step in range(2):
        found += [
            seen(step, Phase.LR, "lr", rate),
            seen(step, Phase.FORWARD, "the loss of a backward pass", 2.0),
            seen(step, Phase.FORWARD, "the loss of a backward pass (2)", 3.0),
            seen(step, Phase.GRADNORM, "norm of the gradients", norm),
            seen(step, Phase.UPDATE, "w", tensor(norm)),
            seen(step, Phase.UPDATE, "exp_avg of w", tensor(9.0)),
        ]
    return found


def test_a_series_has_a_number_of_each_side_for_each_update() -> None:
    found = {entry.quantity: entry for entry in series(run(), run(rate=0.2, norm=2.0), 2)}
    assert list(found) == ["loss", "learning rate", "gradient norm", "w"]
    assert (found["loss"].reference, found["loss"].apart) == ((5.0, 5.0), (0.0, 0.0))
    assert (found["learning rate"].candidate, found["learning rate"].apart) == ((0.2, 0.2), (1.0, 1.0))
    assert (found["w"].reference, found["w"].candidate, found["w"].apart) == ((1, 1), (2, 2), (1, 1))


def test_rates_by_parameter_are_drawn_by_the_largest() -> None:
    groups = seen(0, Phase.LR, "lr", '{"a": 0.1, "b": 0.3}')
    odd = seen(1, Phase.LR, "lr", "a schedule")
    (found,) = series([groups, odd], [groups, odd], 2)
    assert found.reference == (0.3, None)


def test_what_a_run_does_not_show_is_a_gap() -> None:
    reference = run()
    less = [entry for entry in reference if (entry.step, entry.phase) != (1, Phase.UPDATE)]
    found = {entry.quantity: entry for entry in series(reference, less, 2)}
    assert (found["w"].candidate, found["w"].apart) == ((1.0, None), (0.0, None))
    infinite = [*reference, seen(2, Phase.UPDATE, "w", tensor(1.0)), seen(2, Phase.LR, "lr", math.inf)]
    assert series(infinite, infinite, 3)[-1].reference == (1.0, 1.0, 1.0)
    assert series([], [], 2) == ()


def test_the_table_shows_the_update_of_the_first_divergence_with_what_is_the_same() -> None:
    first = Divergence(1, Phase.GRADNORM, "norm of the gradients", "1", "2", None, None, 1.0, None)
    rows = around(run(), run(norm=2.0), first)
    assert {row.step for row in rows} == {1}
    assert [(row.phase, row.is_same) for row in rows] == [
        (Phase.LR, True),
        (Phase.FORWARD, True),
        (Phase.FORWARD, True),
        (Phase.GRADNORM, False),
        (Phase.UPDATE, False),
        (Phase.UPDATE, True),
    ]


def test_a_phase_of_many_parameters_shows_the_first_that_differ() -> None:
    reference = [seen(-1, Phase.INIT, f"w{number}", tensor(1.0)) for number in range(30)]
    candidate = [*reference[:20], seen(-1, Phase.INIT, "w20", tensor(3.0)), *reference[21:29]]
    first = Divergence(-1, Phase.INIT, "w20", "1", "3", None, None, 2.0, None)
    rows = around(reference, candidate, first)
    assert [(row.quantity, row.is_same) for row in rows[:3]] == [("w20", False), ("w29", False), ("w0", True)]
    assert rows[1].candidate == "absent"
    assert len(rows) == 6
