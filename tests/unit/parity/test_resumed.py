"""What a program that is started again comes to: parameters that the user names, runs that fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.parity.simulated import Bench, Program
from trainlint.facts.parity import Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.launch import Ended
from trainlint.parity.mapping import MappingError, read_mapping
from trainlint.parity.probe.plan import Plan
from trainlint.parity.resumed import resumed
from trainlint.parity.trial import Trial


def test_the_user_may_say_which_parameters_are_which(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Program(timed=True), Program(timed=True))
    gone = read_mapping("w: gone", "names.txt")
    with pytest.raises(MappingError, match="the candidate trains no parameter `gone`"):
        resumed(
            bench.run,
            lambda name, plan, _: bench.run(name, True, plan),
            4,
            2,
            Bounds(),
            compiled=False,
            given=gone,
        )
    assert bench.names == ["uninterrupted", "stopped", "resumed"]


def test_a_program_that_does_not_run_again_says_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Program(timed=True), Program(timed=True, factor=2.0))

    def run(name: str, is_candidate: bool, plan: Plan) -> Trial:
        trial = bench.run(name, is_candidate, plan)
        fails = name == "uninterrupted again"
        return replace(trial, traces=(), ended=Ended(1, "", 0.0, "", "no space")) if fails else trial

    outcome = resumed(run, lambda name, plan, _: bench.run(name, True, plan), 4, 2, Bounds(), compiled=False)
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert outcome.missing[0].startswith("uninterrupted again: ")
