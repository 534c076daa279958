"""Which runs are made, and what they come to: noise, rounding that fp64 decides, and bugs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.parity.simulated import Bench, Program
from trainlint.facts.parity import ParityOutcome, Phase, Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.proof import proved

_EQUAL = ["reference", "candidate"]
_MEASURED = [
    *_EQUAL,
    "reference again",
    "candidate again",
    *(f"reference, weights nudged ({n})" for n in (1, 2, 3)),
]
_DOUBLE = ["reference in fp64", "candidate in fp64"]
_HELD = "candidate, held to the reference"


def compared(
    folder: Path, reference: Program, candidate: Program, bounds: Bounds | None = None
) -> tuple[ParityOutcome, list[str]]:
    bench = Bench(folder, reference, candidate)
    return proved(bench.run, 4, bounds or Bounds(), compiled=False), bench.names


def test_the_same_to_the_last_bit_takes_two_runs(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(), Program())
    assert (outcome.verdict, names) == (Verdict.EQUAL, _EQUAL)


def test_rounding_is_within_what_is_measured(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(), Program(rounding=2e-7))
    assert (outcome.verdict, names) == (Verdict.WITHIN, _MEASURED)
    assert outcome.margin is not None
    assert 0.1 < outcome.margin < 1


def test_more_than_rounding_as_a_rule_is_decided_in_fp64(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(), Program(rounding=3e-6))
    assert (outcome.verdict, names) == (Verdict.WITHIN, [*_MEASURED, *_DOUBLE])
    assert outcome.margin is not None
    assert outcome.margin > 1
    (ground,) = outcome.grounds
    assert ground.startswith("decided in fp64: gradient of w is 3")
    assert ground.endswith("so it is rounding")


def test_a_small_bug_stays_in_fp64(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(), Program(factor=1 + 3e-6))
    assert (outcome.verdict, names) == (Verdict.DIVERGED, [*_MEASURED, *_DOUBLE, _HELD])
    assert outcome.divergences[0].phase is Phase.GRAD
    assert outcome.grounds[0].endswith("so it is no rounding")


def test_what_does_not_run_in_fp64_decides_nothing(tmp_path: Path) -> None:
    outcome, _ = compared(tmp_path, Program(breaks_in_double=True), Program(rounding=3e-6))
    assert outcome.verdict is Verdict.DIVERGED
    (ground,) = outcome.grounds
    assert ground.startswith("not decided in fp64: reference in fp64: ended by itself")


def test_a_large_difference_needs_no_fp64(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(), Program(factor=2.0))
    assert (outcome.verdict, names) == (Verdict.DIVERGED, [*_MEASURED, _HELD])


def test_a_generator_that_is_never_seeded_is_named_and_held_fast(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(seeded=True), Program(seeded=True, factor=2.0))
    assert names[2:5] == ["reference again", "reference, same seeds", "reference, sets in another order"]
    assert (outcome.verdict, outcome.divergences[0].phase) == (Verdict.DIVERGED, Phase.GRAD)
    assert outcome.noise[0].phase is Phase.BATCH
    assert {entry.cause for entry in outcome.noise} == {"python's generator: never seeded"}


def test_the_order_of_sets_is_named(tmp_path: Path) -> None:
    outcome, _ = compared(tmp_path, Program(ordered=True), Program(ordered=True, rounding=2e-7))
    assert outcome.verdict is Verdict.WITHIN
    assert {entry.cause for entry in outcome.noise} == {
        "the order of a set of texts, which PYTHONHASHSEED decides"
    }


def test_a_clock_before_everything_else_leaves_nothing_to_say(tmp_path: Path) -> None:
    outcome, names = compared(tmp_path, Program(clocked=0), Program(clocked=0, factor=2.0))
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert not any("nudged" in name for name in names)
    assert outcome.missing == ("the reference does not repeat itself: input 0 of micro-step 1 (batch)",)
    assert outcome.noise[0].cause.startswith("another in each run: a clock")
    # What the reference itself does otherwise is not called the same.
    assert dict(outcome.phases)[Phase.INIT] is True
    assert {dict(outcome.phases)[phase] for phase in (Phase.BATCH, Phase.GRAD, Phase.UPDATE)} == {None}


def test_a_clock_after_the_first_difference_is_in_nobodys_way(tmp_path: Path) -> None:
    outcome, _ = compared(tmp_path, Program(clocked=2), Program(clocked=2, factor=2.0))
    assert (outcome.verdict, outcome.divergences[0].step) == (Verdict.DIVERGED, 0)
    outcome, _ = compared(tmp_path / "later", Program(clocked=1), Program(clocked=1, factor=2.0, since=2))
    assert outcome.verdict is Verdict.INCONCLUSIVE


def test_what_moves_and_reaches_no_weight_is_left_out(tmp_path: Path) -> None:
    outcome, _ = compared(tmp_path, Program(timed=True), Program(timed=True, rounding=2e-7))
    assert outcome.verdict is Verdict.WITHIN
    assert {entry.phase for entry in outcome.noise} == {Phase.CHECKPOINT}
    outcome, _ = compared(tmp_path / "bug", Program(timed=True), Program(timed=True, factor=2.0))
    assert outcome.divergences[0].phase is Phase.GRAD


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        (Bounds(exact=True), Verdict.DIVERGED),
        (Bounds(rtol=1e-4), Verdict.WITHIN),
        (Bounds(rtol=1e-8), Verdict.DIVERGED),
        (Bounds(atol=1e-3), Verdict.WITHIN),
    ],
)
def test_bounds_of_a_user_need_no_measurement(tmp_path: Path, bounds: Bounds, verdict: Verdict) -> None:
    outcome, names = compared(tmp_path, Program(), Program(rounding=3e-6), bounds)
    assert outcome.verdict is verdict
    assert not any("nudged" in name for name in names)


def test_contents_are_kept_around_the_first_difference_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Program(), Program(factor=2.0, since=3))
    outcome = proved(bench.run, 4, Bounds(), compiled=False)
    assert outcome.divergences[0].step == 3
    again = next(trial.traces[0] for trial in bench.trials if trial.name == "candidate again")
    updates = [event["tensors"][0] for event in again.events if event.kind == "update"]
    kept = [again.digest(number, [1], "torch.float32").contents is not None for number in updates]
    assert kept == [False, False, True, True]
