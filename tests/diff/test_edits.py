"""Every edit of the mutation study applies once and leaves Python; those that preserve runs really do."""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.diff.cases import Case
from tests.diff.mutants import Mutant, mutants
from tests.diff.running import losses, run_side

MUTANTS = list(mutants())
PRESERVING = [mutant for mutant in MUTANTS if not mutant.changes]
#: All of them where the whole study is asked for, else a share.
RUN = PRESERVING if os.environ.get("TRAINLINT_STUDY") else PRESERVING[::8]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_an_edit_applies_once_and_its_finding_has_its_line(mutant: Mutant, tmp_path: Path) -> None:
    folder = mutant.case.write(tmp_path / "case")
    for file in {edit.file for edit in mutant.case.edits if edit.file.endswith(".py")}:
        ast.parse((folder / file).read_text("utf-8"))
    for finding in mutant.case.findings:
        assert finding.rules
        assert finding.places
        for place in finding.places:
            assert place.number(folder)


def test_names_are_told_apart() -> None:
    assert [name for name, count in Counter(map(str, MUTANTS)).items() if count > 1] == []


def test_there_are_enough_of_both() -> None:
    assert len(MUTANTS) - len(PRESERVING) >= 70
    assert len(PRESERVING) >= 50


@pytest.fixture(scope="module")
def unedited(
    tmp_path_factory: pytest.TempPathFactory, warm_programs: Path
) -> Callable[[Case, str], list[str]]:
    """The losses that a side of a case prints; it is run once."""
    known: dict[tuple[str, str], list[str]] = {}

    def run(case: Case, side: str) -> list[str]:
        if (case.name, side) not in known:
            folder = case.write(tmp_path_factory.mktemp("unedited") / case.name)
            known[case.name, side] = losses(run_side(case, folder / side, warm_programs).stdout)
            assert len(known[case.name, side]) >= 4
        return known[case.name, side]

    return run


@pytest.mark.parametrize("mutant", RUN, ids=str)
def test_a_preserving_edit_prints_the_same_losses(
    mutant: Mutant, unedited: Callable[[Case, str], list[str]], tmp_path: Path, warm_programs: Path
) -> None:
    for side in mutant.edited_sides:
        result = run_side(mutant.case, mutant.case.write(tmp_path / side) / side, warm_programs)
        assert result.returncode == 0, result.stdout
        assert losses(result.stdout) == unedited(mutant.before, side)
