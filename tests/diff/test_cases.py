"""Every case can be made: edits fit, both sides parse, findings have their lines; clean pairs train alike."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from tests.diff.cases import REFACTORS, SIDES, Case, case_names, read_case
from tests.diff.running import losses, run, run_side

CASES = [read_case(name) for name in case_names()]
CLEAN = [case for case in CASES if not case.findings]


def name(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", CASES, ids=name)
def test_both_sides_parse_and_findings_have_their_lines(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path / case.name)
    programs = list(folder.rglob("*.py"))
    assert programs
    for program in programs:
        ast.parse(program.read_text("utf-8"))
    for finding in case.findings:
        assert finding.rules
        assert finding.places
        for place in finding.places:
            assert place.number(folder)


@pytest.mark.parametrize("case", CLEAN, ids=name)
def test_both_sides_of_a_clean_pair_print_the_same_losses(
    case: Case, tmp_path: Path, warm_programs: Path
) -> None:
    folder = case.write(tmp_path / case.name)
    printed = [run_side(case, folder / side, warm_programs) for side in SIDES]
    assert all(result.returncode == 0 for result in printed), printed
    reference, candidate = (losses(result.stdout) for result in printed)
    assert len(reference) >= 4
    assert reference == candidate
    for pattern in {other.prints for other in CASES if other.folder == case.folder and other.prints}:
        assert not re.search(pattern, printed[0].stdout), pattern


@pytest.mark.parametrize("case", [case for case in CLEAN if case.distributed], ids=name)
def test_both_sides_of_a_clean_pair_print_the_same_losses_on_several_processes(
    case: Case, tmp_path: Path, warm_programs: Path
) -> None:
    folder = case.write(tmp_path / case.name)
    printed = [run(case, folder / side, case.distributed, warm_programs) for side in SIDES]
    assert all(result.returncode == 0 for result in printed), printed
    reference, candidate = (losses(result.stdout) for result in printed)
    assert len(reference) >= 4
    assert reference == candidate


@pytest.mark.parametrize("case", [case for case in CASES if case.findings and not case.fails], ids=name)
def test_a_discrepancy_does_not_stop_a_run_but_may_show(
    case: Case, tmp_path: Path, warm_programs: Path
) -> None:
    result = run_side(case, case.write(tmp_path / case.name) / "candidate", warm_programs)
    assert result.returncode == 0, result.stdout
    assert losses(result.stdout)
    assert re.search(case.prints, result.stdout), result.stdout


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=name)
def test_what_does_not_run_fails_as_the_case_says(case: Case, tmp_path: Path, warm_programs: Path) -> None:
    result = run_side(case, case.write(tmp_path / case.name) / "candidate", warm_programs)
    assert result.returncode != 0
    assert re.search(re.escape(case.fails), result.stdout), result.stdout


NOTEBOOKS = sorted(REFACTORS.glob("*/reference/*.ipynb"))


def code_cells(percent_text: str) -> list[str]:
    """The code cells of a notebook in percent format, magics uncommented."""
    cells = (part.partition("\n") for part in re.split(r"^# %%", percent_text, flags=re.MULTILINE)[1:])
    return [
        re.sub(r"^# %", "%", body.strip("\n"), flags=re.MULTILINE)
        for head, _, body in cells
        if "[markdown]" not in head
    ]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.parents[1].name)
def test_a_notebook_has_the_same_cells_in_both_forms(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert sources == code_cells(notebook.with_suffix(".py").read_text("utf-8"))
