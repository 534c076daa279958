"""Programs are really run beside each other: bugs show in the phase where they belong, rewrites do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.parity.programs import BUGS, REFERENCE, SAME, edited
from tests.parity.runs import Bench, first, independent
from trainlint.facts.parity import Kind, ParityOutcome, Phase, Verdict
from trainlint.parity.bounds import Bounds
from trainlint.parity.golden import Golden, GoldenError, read, write
from trainlint.parity.probe.plan import Plan
from trainlint.parity.recorded import held_against, recorded

ROUNDED = [("torch.tanh(self.inner(rows))", "(2 * torch.sigmoid(2 * self.inner(rows)) - 1)")]
CLIPPED = [("model.parameters(), 1.0", "model.parameters(), 1.0001")]

HALVES = """inner = nn.Linear(6, 12)
        self.upper, self.lower = (nn.utils.skip_init(nn.Linear, 6, 6) for _ in range(2))
        for part, rows in ((self.upper, slice(0, 6)), (self.lower, slice(6, 12))):
            part.weight.data.copy_(inner.weight.data[rows])
            part.bias.data.copy_(inner.bias.data[rows])"""
JOINED = (
    "nn.functional.linear(rows, torch.cat([self.upper.weight, self.lower.weight]), "
    "torch.cat([self.upper.bias, self.lower.bias]))"
)

CLOCK = edited([("torch.manual_seed(7)", "import time\ntorch.manual_seed(time.time_ns())")])


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, python: str) -> Bench:
    return Bench(tmp_path_factory.mktemp("parity"), python)


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
    written = edited(ROUNDED)
    outcome = bench.compared(REFERENCE, written)
    assert outcome.verdict is Verdict.WITHIN, first(outcome)
    assert outcome.margin is not None
    assert 0 < outcome.margin < 1


def test_one_layer_in_two_answers_to_the_whole(bench: Bench) -> None:
    whole = "torch.cat([self.upper(rows), self.lower(rows)], -1)"
    program = edited([("self.inner = nn.Linear(6, 12)", HALVES), ("self.inner(rows)", whole)])
    outcome = bench.compared(REFERENCE, program)
    assert outcome.verdict in (Verdict.EQUAL, Verdict.WITHIN), first(outcome)
    assert outcome.unmatched == ()


def test_one_layer_in_two_is_the_same_to_the_last_bit_where_nothing_is_summed_otherwise(bench: Bench) -> None:
    plain = edited([("    nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", "")])
    program = edited([("self.inner = nn.Linear(6, 12)", HALVES), ("self.inner(rows)", JOINED)], plain)
    outcome = bench.compared(plain, program, exact=True)
    assert outcome.verdict is Verdict.EQUAL, first(outcome)


def test_a_program_computes_in_fp64_where_it_is_asked_to(bench: Bench) -> None:
    trial = bench.sides(REFERENCE, REFERENCE)("wide", False, Plan(2, double=True))
    init = trial.traces[0].first("init")
    assert trial.is_stopped
    assert init is not None
    assert {kind for _, _, kind, _ in init["parameters"]} == {"torch.float64"}


def test_a_small_bug_is_more_than_rounding(bench: Bench) -> None:
    outcome = bench.compared(REFERENCE, edited(CLIPPED))
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
    assert first(outcome).kind is Kind.SHIFT
    assert outcome.grounds[-1].startswith("only random draws are in another order")


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


def test_a_draw_too_many_is_named_with_its_line(bench: Bench) -> None:
    drawing = edited([("    for _ in range(ACC", "    waited = torch.rand(1)\n    for _ in range(ACC")])
    outcome = bench.compared(REFERENCE, drawing, exact=True)
    assert first(outcome).phase is Phase.BATCH
    line = drawing.splitlines().index("    waited = torch.rand(1)") + 1
    cause = first(outcome).cause
    assert cause.startswith("the candidate draws from torch's generator with `rand` (")
    assert cause.endswith(f"train.py:{line})")


def test_a_clock_is_named_and_nothing_is_claimed(bench: Bench) -> None:
    outcome = bench.compared(CLOCK, CLOCK.replace("noisy", "quiet"))
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


@pytest.fixture(scope="module")
def recording(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that keeps a run of the reference."""
    path = tmp_path_factory.mktemp("recording") / "golden.jsonl"
    found = recorded(bench.sides(REFERENCE, REFERENCE), 3, compiled=False)
    assert isinstance(found, Golden)
    write(found, path)
    assert path.stat().st_size < 50_000
    return path


def against(bench: Bench, golden: Golden, candidate: str, *, exact: bool = False) -> ParityOutcome:
    return held_against(golden, bench.sides(REFERENCE, candidate), 3, Bounds(exact))


@pytest.mark.parametrize("edits", [same[1] for same in SAME], ids=[same[0] for same in SAME])
def test_a_rewrite_is_equal_to_what_was_recorded(
    bench: Bench, recording: Path, edits: list[tuple[str, str]]
) -> None:
    outcome = against(bench, read(recording), edited(edits))
    assert outcome.verdict is Verdict.EQUAL
    assert (outcome.notes, outcome.unmatched) == ((), ())


def test_rounding_and_a_small_bug_are_told_apart_against_a_recording(bench: Bench, recording: Path) -> None:
    golden = read(recording)
    assert against(bench, golden, edited(ROUNDED)).verdict is Verdict.WITHIN
    outcome = against(bench, golden, edited(CLIPPED))
    assert (outcome.verdict, first(outcome).phase) == (Verdict.DIVERGED, Phase.CLIP)
    assert [run.name for run in outcome.runs] == ["reference, recorded", "candidate", "candidate again"]


@pytest.mark.parametrize("bug", BUGS, ids=[bug[0] for bug in BUGS])
def test_a_bug_shows_against_a_recording(
    bench: Bench, recording: Path, bug: tuple[str, str, str, str]
) -> None:
    _, there, instead, phase = bug
    outcome = against(bench, read(recording), edited([(there, instead)]), exact=True)
    assert (outcome.verdict, first(outcome).phase) == (Verdict.DIVERGED, Phase(phase))


def test_made_elsewhere_only_what_must_be_the_same_counts(bench: Bench, recording: Path) -> None:
    golden = read(recording)
    near = replace(golden, surroundings={**golden.surroundings, "processor": "another"})
    outcome = against(bench, near, edited(CLIPPED))
    assert outcome.verdict is Verdict.DIVERGED
    assert outcome.notes[0].startswith("recorded with processor another, run with ")
    assert "5 times the tolerance" in outcome.notes[1]
    far = replace(golden, surroundings={**golden.surroundings, "device": "cuda (another)"})
    outcome = against(bench, far, edited([("torch.tanh(", "torch.relu(")]), exact=True)
    assert outcome.verdict is Verdict.EQUAL
    assert "computed numbers are not compared" in outcome.notes[1]
    for name in ("one pass too few", "another decay", "no warm-up", "optimizer not saved"):
        there, instead = next(bug[1:3] for bug in BUGS if bug[0] == name)
        assert against(bench, far, edited([(there, instead)]), exact=True).verdict is Verdict.DIVERGED


def test_a_recording_of_fewer_updates_or_other_ranks_is_refused(bench: Bench, recording: Path) -> None:
    golden = read(recording)
    with pytest.raises(GoldenError, match="has 3 updates, --steps asks for 4"):
        held_against(golden, bench.sides(REFERENCE, REFERENCE), 4, Bounds())
    two = replace(golden, trial=replace(golden.trial, traces=golden.trial.traces * 2))
    with pytest.raises(GoldenError, match="has 2 ranks, the candidate 1"):
        against(bench, two, REFERENCE)


def test_what_cannot_be_compared_with_is_said(recording: Path, tmp_path: Path) -> None:
    text = recording.read_text()
    head, _, rest = text.partition("\n")
    broken = {
        "no recording of trainlint": ["", "{}", "loss: 0.3\n", "[1]\n[2]\n", rest],
        "version 1 of the format": [text.replace('"version":2', '"version":1', 1)],
        "cut off or was changed": [text[:-9], head, text.replace("0.01", "0.02", 1), text + text],
    }
    for said, texts in broken.items():
        for changed in texts:
            (tmp_path / "golden.jsonl").write_text(changed)
            with pytest.raises(GoldenError, match=said):
                read(tmp_path / "golden.jsonl")
    (tmp_path / "golden.jsonl").write_bytes(bytes(range(256)))
    with pytest.raises(GoldenError, match="no recording of trainlint"):
        read(tmp_path / "golden.jsonl")
    with pytest.raises(GoldenError, match="cannot be read"):
        read(tmp_path / "gone.jsonl")
    with pytest.raises(GoldenError, match="cannot be written"):
        write(read(recording), tmp_path / "gone" / "golden.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["golden.jsonl"]


def test_a_reference_that_does_not_train_is_not_recorded(bench: Bench) -> None:
    found = recorded(bench.sides("raise SystemExit(3)", ""), 3, compiled=False)
    assert isinstance(found, ParityOutcome)
    assert (found.verdict, "exit code 3" in found.missing[0]) == (Verdict.INCONCLUSIVE, True)
    found = recorded(bench.sides(CLOCK, ""), 3, compiled=False)
    assert isinstance(found, ParityOutcome)
    assert "the reference does not repeat itself" in found.missing[0]
