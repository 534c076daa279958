"""The text about runs says where two part, by how much, at which lines, and what it rests on."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from tests.unit.report.parities import divergence, inconclusive, outcome, reported, unrepeatable
from trainlint.facts.parity import Noise, ParityOutcome, Phase, Site, Surrounding, Verdict
from trainlint.report.parity_text import render


def lines(found: ParityOutcome, folder: Path) -> list[str]:
    report, files = reported(found, folder)
    return render(report.outcome, files).splitlines()


def test_the_first_divergence_stands_on_top_with_both_lines(tmp_path: Path) -> None:
    first = replace(divergence(Phase.LR, "lr", distance=0.5), cause="half the rate")
    assert lines(replace(outcome(first), margin=5e5), tmp_path)[:8] == [
        "diverged: update 1, lr: lr",
        "   reference  1  (train.py:4)",
        "              4 │ optimizer.step()",
        "   candidate  2  (new.py:6)",
        "              6 │ optimizer.step()",
        "   distance   0.5 relative, rounding explains 1e-06",
        "   cause      half the rate",
        "   margin     5e+05 times what rounding explains",
    ]


def test_the_timeline_says_at_which_update_each_phase_differs_first(tmp_path: Path) -> None:
    found = outcome(divergence(Phase.INIT, step=-1), divergence(Phase.GRAD, step=1))
    told = next(line for line in lines(found, tmp_path) if line.startswith("phases"))
    assert "config ✓  init ✗ (start, first)  lr ✓" in told
    assert "grad ✗ (update 2)  gradnorm ✓" in told
    assert "not seen   eval" in lines(found, tmp_path)


def test_bugs_behind_the_first_stand_apart_from_consequences(tmp_path: Path) -> None:
    bug = replace(divergence(Phase.CLIP, "bound", step=1), independent=True, cause="another bound")
    found = outcome(divergence(Phase.LR, "lr"), divergence(Phase.UPDATE, distance=math.inf), bug)
    told = lines(replace(found, replayed=("weights", "gradients")), tmp_path)
    assert "also       update 2, clip: bound (1 relative)" in told
    assert "           another bound" in told
    assert "then       update 1, update: weight (inf relative)" in told
    assert "replayed   weights, gradients: what differs all the same stands under `also`" in told


def test_a_cause_of_several_is_said_once(tmp_path: Path) -> None:
    bug = replace(divergence(Phase.CLIP, "bound", step=1), independent=True, cause="another bound")
    again = replace(bug, phase=Phase.GRAD, quantity="gradient")
    told = lines(outcome(divergence(Phase.LR, "lr"), bug, again), tmp_path)
    assert told[told.index("also       update 2, grad: gradient (1 relative)") + 1].split() == [
        *("of", "the", "same", "cause")
    ]


def test_what_is_within_tolerance_says_how_near_to_it(tmp_path: Path) -> None:
    found = replace(outcome(verdict=Verdict.WITHIN), margin=0.25)
    told = lines(found, tmp_path)
    assert told[0] == "equal within tolerance: over 2 updates nothing is further off than rounding explains"
    assert "   margin     at most 0.25 of what rounding explains" in told


def test_bounds_of_a_user_are_not_called_rounding(tmp_path: Path) -> None:
    found = replace(outcome(verdict=Verdict.WITHIN), margin=0.25, is_bounded=True)
    told = lines(found, tmp_path)
    assert told[0] == "equal within tolerance: over 2 updates nothing is further off than you allow"
    assert "   margin     at most 0.25 of what you allow" in told
    beyond = replace(outcome(divergence(Phase.LR, "lr", distance=0.5)), margin=5e5, is_bounded=True)
    assert "   distance   0.5 relative, you allow 1e-06" in lines(beyond, tmp_path)
    assert "   margin     5e+05 times what you allow" in lines(beyond, tmp_path)


def test_what_was_computed_on_stands_in_a_line(tmp_path: Path) -> None:
    around = [
        ("torch", "2.5", "2.6"),
        ("threads", "2", "2"),
        ("compiled", "False", "False"),
        ("seed", "1", "1"),
    ]
    found = replace(outcome(), surroundings=tuple(Surrounding(*entry) for entry in around))
    assert lines(found, tmp_path)[-1] == "with       torch 2.5 and 2.6, 2 threads, torch.compile off"


def test_runs_that_prove_nothing_show_why(tmp_path: Path) -> None:
    told = lines(inconclusive(), tmp_path)
    assert told[:4] == [
        "inconclusive",
        "   candidate: ended by itself with exit code 1",
        "      no <data>\\x1b[31m",
        "   do         start it",
    ]
    assert "not judged eval" in told
    moving = [line for line in lines(unrepeatable(), tmp_path) if line.startswith("noise")]
    assert moving == ["noise      init: weight and 1 more differ between two runs of the reference"]


def test_what_moves_in_a_phase_for_one_reason_stands_in_a_line(tmp_path: Path) -> None:
    site = Site("train.py", 4)
    moving = [
        Noise(Phase.BATCH, "input 0 of micro-step 1", site, cause="no seed"),
        *(Noise(Phase.FORWARD, f"output {place}", None) for place in range(20)),
        Noise(Phase.BATCH, "input 0 of micro-step 2", None, cause="no seed"),
    ]
    told = lines(replace(outcome(divergence(Phase.LR)), noise=tuple(moving)), tmp_path)
    differing = "differ between two runs of the reference"
    assert [line for line in told if line.startswith("noise")] == [
        f"noise      batch: input 0 of micro-step 1 and 1 more {differing}; no seed  (train.py:4)",
        f"noise      forward: output 0 and 19 more {differing}",
    ]
