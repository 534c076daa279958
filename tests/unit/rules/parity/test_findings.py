"""What runs showed becomes findings: one for each thing that differs by itself, none for what follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.report.parities import divergence, inconclusive, outcome, unrepeatable
from trainlint.diagnostic import Diagnostic
from trainlint.facts.parity import ParityOutcome, Phase, Site, Verdict
from trainlint.rules.divergences import PARITY_RULES


def found(of: ParityOutcome) -> list[Diagnostic]:
    return [entry for rule in PARITY_RULES for entry in rule.check(of)]


def codes(of: ParityOutcome) -> list[str]:
    return [entry.code for entry in found(of)]


@pytest.mark.parametrize(
    ("phase", "quantity", "code"),
    [
        (Phase.CONFIG, "weight_decay", "TL701"),
        (Phase.INIT, "weight", "TL702"),
        (Phase.LR, "lr", "TL703"),
        (Phase.BATCH, "input 0 of micro-step 1", "TL704"),
        (Phase.FORWARD, "the loss of a backward pass", "TL705"),
        (Phase.GRAD, "gradient of weight", "TL706"),
        (Phase.GRADNORM, "norm of the gradients", "TL706"),
        (Phase.GRADNORM, "what clip_grad_norm_ returns", "TL707"),
        (Phase.CLIP, "gradient taken of weight", "TL707"),
        (Phase.UPDATE, "exp_avg of weight", "TL708"),
        (Phase.EVAL, "mode of evaluation", "TL709"),
        (Phase.CHECKPOINT, "keys of last.pt", "TL710"),
        (Phase.STRUCTURE, "forward passes", "TL711"),
    ],
)
def test_each_phase_has_its_rule(phase: Phase, quantity: str, code: str) -> None:
    assert codes(outcome(divergence(phase, quantity))) == [code]


def test_only_what_differs_by_itself_is_a_finding() -> None:
    first, bug = divergence(Phase.LR, "lr"), replace(divergence(Phase.CLIP, step=1), independent=True)
    follows = divergence(Phase.UPDATE)
    assert codes(outcome(first, follows, bug)) == ["TL703", "TL707"]


def test_one_place_is_one_finding_and_each_option_has_its_own() -> None:
    weights = [replace(divergence(Phase.INIT, name), independent=True) for name in ("a", "b", "c")]
    options = [replace(divergence(Phase.CONFIG, name), independent=True) for name in ("eps", "momentum")]
    messages = [entry.message for entry in found(outcome(*options, *weights))]
    assert messages == [
        "`eps` is 2 (in the reference 1) at update 1",
        "`momentum` is 2 (in the reference 1) at update 1",
        "`a` is 2 (in the reference 1) at update 1; 2 more differ, too",
    ]


def test_a_message_says_how_the_two_differ() -> None:
    tensors = divergence(Phase.INIT, step=-1, values=("float32 2, norm 1, sum 1", "float32 2, norm 3, sum 4"))
    gone = divergence(Phase.CLIP, values=("1", "absent"), distance=None)
    new = divergence(Phase.CLIP, values=("absent", "1"), distance=None)
    long = divergence(Phase.CONFIG, "betas", values=("[0.9, 0.95]" * 9, "[0.9, 0.99]" * 9), distance=None)
    ranked = replace(divergence(Phase.BATCH, step=2), rank=1)
    told = [found(outcome(entry))[0].message for entry in (tensors, gone, new, long, ranked)]
    assert told == [
        "`weight` is 1 (relative) off the reference before the first update",
        "`weight` is there in the reference alone at update 1",
        "`weight` is not there in the reference, but is here at update 1",
        "`betas` is not that of the reference at update 1",
        "`weight` is 2 (in the reference 1) at update 3 on rank 1",
    ]


def test_what_it_looks_like_the_work_of_is_told_beside_the_message() -> None:
    runtime = found(outcome(replace(divergence(Phase.BATCH), cause="other rows")))[0].runtime
    assert str(runtime).splitlines()[0] == "other rows"


def test_a_place_is_a_line_of_each_side_or_the_script() -> None:
    known, unknown = divergence(Phase.LR), replace(divergence(Phase.INIT), candidate_site=None)
    unknown = replace(unknown, reference_site=Site("lib/nets.py", 9))
    assert [str(entry.span) for entry in found(outcome(known))] == ["new.py:6"]
    (entry,) = found(outcome(unknown))
    assert (str(entry.span), str(entry.reference)) == ("new.py:1", "lib/nets.py:9")


def test_what_the_program_tells_is_a_finding_of_its_own() -> None:
    told = replace(divergence(Phase.FORWARD, "printed loss"), told=True)
    assert codes(outcome(told)) == ["TL712"]


def test_runs_that_prove_nothing_say_why_and_claim_nothing() -> None:
    assert codes(unrepeatable()) == ["TL713"]
    (why,) = found(inconclusive())
    assert (why.code, str(why.span), why.message) == (
        "TL714",
        "new.py:1",
        "candidate: ended by itself with exit code 1",
    )
    assert codes(outcome(divergence(Phase.LR), verdict=Verdict.INCONCLUSIVE)) == []


def test_what_is_equal_has_no_finding() -> None:
    assert codes(outcome()) == []
    assert codes(outcome(verdict=Verdict.WITHIN)) == []
