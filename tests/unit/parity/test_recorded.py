"""What a candidate comes to beside a recording, with the bounds that a user sets and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.parity.simulated import Bench, Program
from trainlint.facts.parity import ParityOutcome, Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.golden import Golden
from trainlint.parity.mapping import Given, MappingError, read_mapping
from trainlint.parity.probe.plan import Plan
from trainlint.parity.recorded import held_against, recorded
from trainlint.parity.trial import Trial

#: The updates from which on two ranks depend on the clock.
RANKS = (("steady", 99), ("clocked", 1))


def against(folder: Path, candidate: Program, bounds: Bounds, given: Sequence[Given] = ()) -> ParityOutcome:
    bench = Bench(folder, Program(), candidate)
    golden = recorded(bench.run, 4, compiled=False)
    assert isinstance(golden, Golden)
    return held_against(golden, bench.run, 4, bounds, given)


@pytest.mark.parametrize(
    ("bounds", "verdict"),
    [
        (Bounds(), Verdict.DIVERGED),
        (Bounds(exact=True), Verdict.DIVERGED),
        (Bounds(rtol=1e-4), Verdict.WITHIN),
        (Bounds(rtol=1e-8), Verdict.DIVERGED),
        (Bounds(atol=1e-3), Verdict.WITHIN),
        (Bounds(atol=1e-8), Verdict.DIVERGED),
        (Bounds(rtol=1e-8, atol=1e-3), Verdict.WITHIN),
    ],
)
def test_bounds_of_a_user_hold_in_place_of_what_was_measured(
    tmp_path: Path, bounds: Bounds, verdict: Verdict
) -> None:
    outcome = against(tmp_path, Program(rounding=3e-5), bounds)
    assert outcome.verdict is verdict


def test_what_the_user_bounds_is_not_run_again(tmp_path: Path) -> None:
    outcome = against(tmp_path, Program(factor=2.0), Bounds(atol=1e-8))
    assert [run.name for run in outcome.runs] == ["reference", "candidate"]


def test_the_user_may_say_which_parameters_are_which(tmp_path: Path) -> None:
    fits, gone = (read_mapping(f"w: {name}", "names.txt") for name in ("w", "gone"))
    assert against(tmp_path / "fits", Program(), Bounds(), fits).verdict is Verdict.EQUAL
    with pytest.raises(MappingError, match="the candidate trains no parameter `gone`"):
        against(tmp_path / "gone", Program(), Bounds(), gone)


@pytest.mark.parametrize("bounds", [Bounds(), Bounds(rtol=1e-4)])
def test_a_clock_that_reaches_no_weight_is_recorded_and_left_out(tmp_path: Path, bounds: Bounds) -> None:
    bench = Bench(tmp_path, Program(timed=True), Program(timed=True, rounding=3e-8))
    golden = recorded(bench.run, 4, compiled=False)
    assert isinstance(golden, Golden)
    outcome = held_against(golden, bench.run, 4, bounds)
    assert outcome.verdict is Verdict.WITHIN
    assert [entry.quantity for entry in outcome.noise] == ["seconds in last.pt"]


def test_each_rank_of_a_reference_must_repeat_itself(tmp_path: Path) -> None:
    steady, clocked = (Bench(tmp_path / name, Program(clocked=at), Program()) for name, at in RANKS)

    def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
        ranks = [bench.run(name, is_candidate, plan) for bench in (steady, clocked)]
        return replace(ranks[0], traces=tuple(trace for rank in ranks for trace in rank.traces))

    found = recorded(run, 4, compiled=False)
    assert isinstance(found, ParityOutcome)
    assert found.missing == ("the reference does not repeat itself: input 0 of micro-step 1 (batch)",)


@pytest.mark.parametrize(
    ("candidate", "verdict"),
    [
        (Program(clocked=2, factor=2.0), Verdict.DIVERGED),
        (Program(clocked=0, factor=2.0), Verdict.INCONCLUSIVE),
        (Program(clocked=1, factor=2.0, since=2), Verdict.INCONCLUSIVE),
    ],
)
def test_a_clock_of_the_candidate_counts_where_it_is_no_later_than_the_difference(
    tmp_path: Path, candidate: Program, verdict: Verdict
) -> None:
    assert against(tmp_path, candidate, Bounds()).verdict is verdict
