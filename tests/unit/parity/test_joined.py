"""What runs came to and what was read, written by hand, and how the two are brought together."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainlint.facts.parity import (
    Divergence,
    ParityOutcome,
    Phase,
    RunReport,
    Site,
    Standing,
    StaticFinding,
    Verdict,
)
from trainlint.parity.joined import PHASES, joined
from trainlint.report.parity_text import render
from trainlint.rules.differences import DIFF_RULES
from trainlint.source import Files

NEVER = {Phase.CHECKPOINT}


def apart(
    phase: Phase, quantity: str = "x", line: int = 10, *, independent: bool = True, told: bool = False
) -> Divergence:
    site = Site("train.py", line)
    return Divergence(0, phase, quantity, "1", "2", site, site, 1.0, None, "twice", 0, independent, told)


def read(code: str, message: str = "something differs", line: int = 10, place: int = 0) -> StaticFinding:
    return StaticFinding(
        place, code, "a-rule", "error", message, Site("train.py", line), Site("train.py", line)
    )


def outcome(
    *found: Divergence, verdict: Verdict = Verdict.DIVERGED, command: str = "python train.py"
) -> ParityOutcome:
    wrong = {entry.phase for entry in found}
    phases = tuple((phase, None if phase in NEVER else phase not in wrong) for phase in Phase)
    runs = (RunReport("reference", command, 3, 1.0, "stopped as planned"),)
    return ParityOutcome(verdict, 3, phases, found, (), None, runs)


def test_a_finding_becomes_the_cause_of_what_differs_in_its_phase() -> None:
    result = joined(outcome(apart(Phase.GRADNORM)), [read("TL620", "gradients are no longer clipped")])
    assert result.divergences[0].cause == "twice; gradients are no longer clipped (TL620, train.py:10)"
    assert result.divergences[0].rule == "TL620"
    assert result.static[0].standing is Standing.SHOWN


def test_what_follows_from_another_difference_has_no_finding() -> None:
    result = joined(outcome(apart(Phase.INIT), apart(Phase.GRADNORM, independent=False)), [read("TL620")])
    assert [entry.rule for entry in result.divergences] == ["", ""]


def test_the_nearest_finding_is_the_cause_and_the_other_may_play_a_part() -> None:
    found = [read("TL641", line=90, place=0), read("TL641", line=12, place=1)]
    result = joined(outcome(apart(Phase.FORWARD, "output of micro-step 1")), found)
    assert [entry.standing for entry in result.static] == [Standing.FITS, Standing.SHOWN]


def test_the_loss_and_what_comes_out_of_the_network_have_findings_of_their_own() -> None:
    found = [read("TL641", place=0), read("TL618", line=300, place=1)]
    both = apart(Phase.FORWARD, "the loss of a backward pass"), apart(Phase.FORWARD, "output of micro-step 1")
    assert [entry.rule for entry in joined(outcome(*both), found).divergences] == ["TL618", "TL641"]


@pytest.mark.parametrize(
    ("phase", "quantity", "name", "rule"),
    [
        (Phase.CONFIG, "weight_decay", "weight_decay", "TL613"),
        (Phase.CONFIG, "betas", "weight_decay", ""),
        (Phase.LR, "lr", "learning_rate", "TL613"),
        (Phase.FORWARD, "output of micro-step 1", "weight_decay", ""),
        (Phase.FORWARD, "output of micro-step 1", "p", "TL613"),
    ],
)
def test_a_value_explains_what_has_its_name(phase: Phase, quantity: str, name: str, rule: str) -> None:
    result = joined(outcome(apart(phase, quantity)), [read("TL613", f"`{name}` of `X` is `1`")])
    assert result.divergences[0].rule == rule


@pytest.mark.parametrize(
    ("code", "verdict", "command", "standing"),
    [
        ("TL620", Verdict.EQUAL, "python train.py", Standing.UNCONFIRMED),
        ("TL634", Verdict.EQUAL, "python train.py", Standing.UNSEEN),
        ("TL637", Verdict.EQUAL, "python train.py", Standing.UNSEEN),
        ("TL636", Verdict.EQUAL, "python train.py", Standing.UNSEEN),
        ("TL603", Verdict.EQUAL, "python train.py", Standing.UNSEEN),
        (
            "TL603",
            Verdict.EQUAL,
            "python -m torch.distributed.run --nproc-per-node 2 t.py",
            Standing.UNCONFIRMED,
        ),
        ("TL610", Verdict.INCONCLUSIVE, "python train.py", Standing.STOPS),
        ("TL620", Verdict.INCONCLUSIVE, "python train.py", Standing.UNSEEN),
    ],
)
def test_what_runs_say_of_a_finding(code: str, verdict: Verdict, command: str, standing: Standing) -> None:
    assert joined(outcome(verdict=verdict, command=command), [read(code)]).static[0].standing is standing


def test_what_a_program_tells_is_explained_by_findings_about_that_alone() -> None:
    told = apart(Phase.FORWARD, "printed loss", told=True)
    found = [read("TL618", place=0), read("TL604", line=200, place=1)]
    assert joined(outcome(told), found).divergences[0].rule == "TL604"


def test_what_only_follows_is_no_sign_of_a_finding() -> None:
    found = [read("TL641", place=0), read("TL620", place=1)]
    both = apart(Phase.GRADNORM), apart(Phase.FORWARD, "output of micro-step 1", independent=False)
    standings = [entry.standing for entry in joined(outcome(*both), found).static]
    assert standings == [Standing.UNCONFIRMED, Standing.SHOWN]
    free = apart(Phase.GRADNORM, independent=False), both[1]
    standings = [entry.standing for entry in joined(outcome(*free), found).static]
    assert standings == [Standing.FITS, Standing.SHOWN]


def test_what_is_printed_before_does_not_hide_what_differs() -> None:
    both = apart(Phase.INIT, "printed total", told=True), apart(Phase.STRUCTURE, "forward passes")
    found = [read("TL603"), read("TL604", place=1)]
    assert [entry.rule for entry in joined(outcome(*both), found).divergences] == ["TL604", "TL603"]


def test_the_report_lists_what_no_short_run_shows() -> None:
    found = [read("TL634", "the learning rate is set by another law", place=0), read("TL638", place=1)]
    text = render(joined(outcome(verdict=Verdict.EQUAL), found), Files(Path()))
    assert "TL634 the learning rate is set by another law  (train.py:10)\n" in text
    assert "the rates of 3 updates are the same; read over the whole training, they are not\n" in text
    assert "not visible in a short run\n" in text


def test_each_rule_with_phases_is_a_rule() -> None:
    assert PHASES.keys() <= {rule.info.code for rule in DIFF_RULES}


def test_the_report_tells_the_cause_of_each_difference() -> None:
    both = apart(Phase.LR, "lr"), apart(Phase.GRADNORM)
    text = render(joined(outcome(*both), [read("TL620", "gradients are no longer clipped")]), Files(Path()))
    assert "twice; gradients are no longer clipped (TL620, train.py:10)\n" in text
