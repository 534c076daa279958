"""A fixed share of the mutation study: what preserves a run is no finding, and what changes one is found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.diff.mutants import Mutant, mutants
from tests.diff.study import Judged, Verdict, by_file, by_rule, judge, misses
from trainlint.rules.differences import DIFF_RULES

NAMES = {rule.info.name for rule in DIFF_RULES}
#: How many of the changing edits are found, of those that there are rules for.
FOUND = 0.95


def has_rules(mutant: Mutant) -> bool:
    """Whether there is a rule for all that an edit shall be found as."""
    return all(NAMES.intersection(entry.rules) for entry in mutant.case.findings)


@pytest.fixture(scope="module")
def results() -> list[Judged]:
    """About forty edits, of all files."""
    return list(judge(mutant for mutant in list(mutants())[::9] if has_rules(mutant)))


def test_what_preserves_a_run_is_no_finding(results: Sequence[Judged]) -> None:
    preserving = [result for result in results if not result.mutant.changes]
    assert len(preserving) >= 12
    assert [str(result.mutant) for result in preserving if result.verdict is not Verdict.SILENT] == []


def test_what_changes_a_run_is_found_at_its_place(results: Sequence[Judged]) -> None:
    changing = [result for result in results if result.mutant.changes]
    found = [result for result in changing if result.verdict is Verdict.FOUND]
    assert changing
    assert len(found) >= FOUND * len(changing), misses(changing)


def test_the_tables_count_every_edit_once(results: Sequence[Judged]) -> None:
    lines = [line for line in by_file(results).splitlines() if line.startswith("| together")]
    assert sum(int(line.split("|")[2]) for line in lines) == len(results)
    rows = [line.split("|") for line in by_rule(results).splitlines()[2:]]
    assert sum(int(row[2]) for row in rows) == sum(result.mutant.changes for result in results)
