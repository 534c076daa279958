"""Every case, compared: what it lists is found at its places, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diff.cases import Case, case_names, read_case
from tests.diff.findings import compared, findings
from trainlint.rules.differences import DIFF_RULES

CASES = [read_case(name) for name in case_names()]
NAMES = {rule.info.name for rule in DIFF_RULES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_found_is_what_the_case_lists(case: Case, tmp_path: Path) -> None:
    result = compared(case, tmp_path / "case")
    # What only rules can find that there are none of yet is not missed.
    missed = [entry for entry in result.missed if NAMES.intersection(entry.rules)]
    assert not missed, str(result)
    assert not result.extra, str(result)


@pytest.mark.parametrize("case", [case for case in CASES if case.same_words], ids=lambda case: case.name)
def test_other_words_for_the_same_find_the_same(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path / "case")
    usual = [(one.name, one.candidate) for one in findings(folder, case.words)]
    for words in case.same_words:
        assert [(one.name, one.candidate) for one in findings(folder, words)] == usual
