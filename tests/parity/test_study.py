"""A fixed share of the mutation study: bugs are told apart in their phase, refactors are not flagged."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

from tests.diff.cases import apply
from tests.parity.mutants import Mutant, copied_sources, mutants
from tests.parity.study import Judged, Workshop, listing, summary
from tests.parity.trials import Trials
from trainlint.facts.parity import Verdict
from trainlint.parity.both import observed
from trainlint.parity.bounds import Bounds
from trainlint.parity.probe.plan import Plan

ALL = list(mutants())
#: Bugs and refactors that are run here, to the last bit: one run each.
SHARE = [mutant for mutant in ALL if mutant.of == "nanogpt" and mutant.launch.name == "dropout"][3::4]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, python: str) -> list[Judged]:
    workshop = Workshop(tmp_path_factory.mktemp("study"), python, Bounds(exact=True))
    return [workshop.judged(mutant) for mutant in SHARE]


def test_an_interpreter_that_has_torch_already_shows_the_same(
    tmp_path_factory: pytest.TempPathFactory, python: str
) -> None:
    kept = tmp_path_factory.mktemp("trials")
    side, plan = SHARE[0].sides(kept / "programs")["reference"], Plan(2)
    cold, warm = (
        Trials(kept / name, interpreter).run(name, side, plan)
        for name, interpreter in (("cold", sys.executable), ("warm", python))
    )
    assert warm.updates == 2
    first, second = ([entry for entry in observed(run)[0] if not entry.told] for run in (cold, warm))
    assert first == second


def test_bugs_are_seen_first_in_their_phase_and_refactors_are_not_flagged(results: Sequence[Judged]) -> None:
    assert {result.mutant.phase is None for result in results} == {True, False}
    assert [result for result in results if not result.fine] == []


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("epochs: channels last", Verdict.WITHIN, "so it is rounding"),
        # It goes on from a checkpoint, whose averages are of fp32.
        ("nanogpt: other form of GELU", Verdict.DIVERGED, "so it is no rounding"),
    ],
)
def test_what_is_little_more_than_rounding_is_decided_in_fp64(
    name: str, verdict: Verdict, said: str, tmp_path_factory: pytest.TempPathFactory, python: str
) -> None:
    (mutant,) = (entry for entry in ALL if str(entry) == name)
    outcome = Workshop(tmp_path_factory.mktemp("wide"), python).judged(mutant).outcome
    (ground,) = outcome.grounds
    assert outcome.verdict is verdict
    assert ground.startswith("decided in fp64: gradient of ")
    assert ground.endswith(said)


def test_the_tables_count_every_edit_once(results: Sequence[Judged]) -> None:
    rows = [line.split("|") for line in summary(results).splitlines() if line.startswith("| together")]
    assert sum(int(row[2]) for row in rows) == len(results)
    assert len(listing(results).splitlines()) == len(results) + 2


@pytest.mark.parametrize("mutant", ALL, ids=str)
def test_an_edit_can_be_made(mutant: Mutant, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("edit")
    copied_sources(mutant, folder)
    apply(mutant.edits, folder)


def test_names_and_what_they_shall_show() -> None:
    assert len({str(mutant) for mutant in ALL}) == len(ALL)
    assert all(bool(mutant.harm) == (mutant.phase is not None) for mutant in ALL)
