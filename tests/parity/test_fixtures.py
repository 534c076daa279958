"""The fixture pairs are run: clean refactors are equal, a loss shows in its phase or in no short run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.diff.cases import case_names
from tests.parity.fixtures import FIXTURES, Fixture
from trainlint.facts.parity import Verdict

#: Those of each kind that always run; `make study-parity` runs all.
_ALWAYS = {
    "nanogpt-clean",
    "seed000-1-val-loss-as-train-loss",
    "seed000-3-tokens-per-iteration",
    "seed001-4-optimizer-not-restored",
}
SHARE = [entry for entry in FIXTURES if entry.name in _ALWAYS or os.environ.get("TRAINLINT_STUDY")]
#: They need weights and data from elsewhere, or are the cases before together.
_LEFT_OUT = {"notebook-sft", "notebook-sft-fixed", "seed000-all", "seed001-all"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fixtures")


@pytest.mark.parametrize("fixture", SHARE, ids=str)
def test_a_pair_comes_to_what_is_known_of_it(fixture: Fixture, kept: Path, python: str) -> None:
    outcome = fixture.compared(kept, python)
    if fixture.phase is None:
        verdict = Verdict.INCONCLUSIVE if fixture.cause else Verdict.EQUAL
        assert (outcome.verdict, outcome.divergences) == (verdict, ())
        said = "\n".join(outcome.missing)
    else:
        assert outcome.verdict is Verdict.DIVERGED
        assert outcome.divergences[0].phase is fixture.phase
        said = outcome.divergences[0].cause
    assert fixture.cause in said
    standings = {(finding.code, finding.standing) for finding in outcome.static}
    assert set(fixture.read.items()) <= standings


def test_each_pair_is_listed() -> None:
    assert {fixture.name for fixture in FIXTURES} == set(case_names()) - _LEFT_OUT
