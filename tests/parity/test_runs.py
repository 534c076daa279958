"""Programs are really run beside each other: bugs show in the phase where they belong, rewrites do not."""

from __future__ import annotations

import pytest

from tests.parity.programs import BUGS, REFERENCE, SAME, edited
from tests.parity.runs import Bench, first, independent
from trainlint.facts.parity import Phase, Verdict


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("parity"))


@pytest.mark.parametrize("bug", BUGS, ids=[bug[0] for bug in BUGS])
def test_a_bug_shows_in_its_phase(bench: Bench, bug: tuple[str, str, str, str]) -> None:
    _, there, instead, phase = bug
    outcome = bench.compared(REFERENCE, edited([(there, instead)]), exact=True)
    assert outcome.verdict is Verdict.DIVERGED
    assert first(outcome).phase is Phase(phase)


@pytest.mark.parametrize("edits", [same[1] for same in SAME], ids=[same[0] for same in SAME])
def test_a_rewrite_is_equal(bench: Bench, edits: list[tuple[str, str]]) -> None:
    outcome = bench.compared(REFERENCE, edited(edits))
    assert outcome.verdict is Verdict.EQUAL, first(outcome)
    assert outcome.steps == 3
    assert outcome.unmatched == ()


def test_what_only_rounding_explains_is_within_tolerance(bench: Bench) -> None:
    written = edited([("torch.tanh(self.inner(rows))", "(2 * torch.sigmoid(2 * self.inner(rows)) - 1)")])
    outcome = bench.compared(REFERENCE, written)
    assert outcome.verdict is Verdict.WITHIN, first(outcome)


def test_a_small_bug_is_more_than_rounding(bench: Bench) -> None:
    outcome = bench.compared(REFERENCE, edited([("model.parameters(), 1.0", "model.parameters(), 1.0001")]))
    assert outcome.verdict is Verdict.DIVERGED
    assert first(outcome).phase is Phase.CLIP


def test_bugs_behind_the_first_are_told_apart_from_its_consequences(bench: Bench) -> None:
    bugs = [
        ("torch.tanh(", "torch.relu("),
        ("model.parameters(), 1.0", "model.parameters(), 0.01"),
        ("    model.eval()\n", ""),
    ]
    outcome = bench.compared(REFERENCE, edited(bugs))
    assert independent(outcome) == {Phase.FORWARD, Phase.CLIP, Phase.EVAL}
    follows = {entry.phase for entry in outcome.divergences} - independent(outcome)
    assert follows == {Phase.BATCH, Phase.GRAD, Phase.GRADNORM, Phase.UPDATE, Phase.CHECKPOINT}


def test_layers_made_in_another_order_are_told_as_that(bench: Bench) -> None:
    gap = "\n        "
    layers = ["self.inner = nn.Linear(6, 12)", "self.drop = nn.Dropout(0.1)", "self.outer = nn.Linear(12, 1)"]
    outcome = bench.compared(REFERENCE, edited([(gap.join(layers), gap.join(reversed(layers)))]))
    assert independent(outcome) == {Phase.INIT}
    assert "in another order" in first(outcome).cause


def test_a_network_that_is_copied_and_saved_whole(bench: Bench) -> None:
    saving = "    torch.save({"
    copies = (
        "    best = copy.deepcopy(model).eval()\n"
        "    torch.save(best, 'best.pt')\n"
        "    print(torch.load('best.pt', weights_only=False)(features[:1]).item())\n"
    )
    written = edited([("import torch\n", "import copy\n\nimport torch\n"), (saving, copies + saving)])
    outcome = bench.compared(written, written.replace("chosen", "picked"), steps=2)
    assert outcome.verdict is Verdict.EQUAL, first(outcome)
    assert outcome.steps == 2


def test_a_clock_is_named_and_nothing_is_claimed(bench: Bench) -> None:
    clock = edited([("torch.manual_seed(7)", "import time\ntorch.manual_seed(time.time_ns())")])
    outcome = bench.compared(clock, clock.replace("noisy", "quiet"))
    assert outcome.verdict is Verdict.INCONCLUSIVE
    assert outcome.noise[0].phase is Phase.INIT


def test_ranks_are_compared_one_by_one(bench: Bench) -> None:
    ranks = edited(
        [
            ("torch.manual_seed(7)", "torch.distributed.init_process_group('gloo')\ntorch.manual_seed(7)"),
            ("model = Network()", "model = nn.parallel.DistributedDataParallel(Network())"),
            ("for step in range", "torch.manual_seed(torch.distributed.get_rank())\nfor step in range"),
        ]
    )
    alike = ranks.replace("manual_seed(torch.distributed.get_rank())", "manual_seed(0)")
    outcome = bench.compared(ranks, alike, exact=True, processes=2)
    assert (first(outcome).phase, first(outcome).step, first(outcome).rank) == (Phase.BATCH, 0, 1)
    renamed = bench.compared(ranks, ranks.replace("chosen", "picked"), processes=2)
    assert renamed.verdict is Verdict.EQUAL
