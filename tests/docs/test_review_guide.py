"""The guide to reviews: each rule that it names exists, and each case that it names is one that fires."""

from __future__ import annotations

import re

import pytest

from tests.docs.guide import ROOT
from tests.specs.page import all_pages, read_page

GUIDE = (ROOT / "docs" / "review-guide.md").read_text("utf-8")
_CASE = re.compile(r"\[([A-Z]+\d{3})\]\(rules/([A-Z]+\d{3}-[a-z0-9-]+)\.md\): ([^;|]+?)(?=;| \|)")
NAMED = sorted(set(_CASE.findall(GUIDE)))
PAGES = {path.stem: path for path in all_pages()}


@pytest.mark.parametrize(("code", "page", "title"), NAMED, ids=lambda value: value[:40])
def test_a_case_that_is_named_fires(code: str, page: str, title: str) -> None:
    cases = {case.title: case for case in read_page(PAGES[page]).cases if case.kind == "Fires"}
    assert page.startswith(f"{code}-")
    assert any(f" {code} " in line for line in cases[title].expected)


def test_every_row_names_a_case() -> None:
    rows = [line for line in GUIDE.splitlines() if line.startswith("| ") and "rule, and the case" not in line]
    assert rows
    assert [row for row in rows if not _CASE.search(row)] == []


def test_every_link_of_a_rule_has_its_case() -> None:
    assert len(re.findall(r"\]\(rules/", GUIDE)) == len(_CASE.findall(GUIDE))


def test_the_repairs_are_all_there() -> None:
    numbers = re.findall(r"^\| (\d+)\. ", GUIDE, re.M)
    assert sorted(set(map(int, numbers))) == list(range(1, 11))


def test_every_rule_of_the_trm_pack_has_its_place() -> None:
    codes = {path.split("-")[0] for path in PAGES if path.startswith("TRM")}
    assert codes == {code for code, _, _ in NAMED if code.startswith("TRM")}
