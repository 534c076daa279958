"""Every rule's page, executed: what it says fires does, what it says is fine is silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.specs.docs import TARGET, all_rules, generated
from tests.specs.page import KINDS, SECTIONS, Case, all_pages, read_page
from tests.specs.runner import run_case

CASES = [
    pytest.param(page.code, case, id=f"{page.code}-{case.kind}-{case.title}".replace(" ", "-"))
    for page in map(read_page, all_pages())
    for case in page.cases
]


@pytest.mark.parametrize(("code", "case"), CASES)
def test_case(code: str, case: Case, tmp_path: Path) -> None:
    assert case.block is not None, "this case has no expect block"
    assert run_case(case, code, tmp_path) == case.expected


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_case_shows_what_its_kind_says(code: str, case: Case) -> None:
    fired = [line for line in case.expected if f" {code} " in line]
    unknown = [line for line in case.expected if " not checked: " in line]
    if case.kind == "Fires":
        assert fired
    else:
        assert not fired
    if case.kind == "Unknown":
        assert unknown


@pytest.mark.parametrize("path", all_pages(), ids=lambda path: path.stem)
def test_page_is_whole(path: Path) -> None:
    page = read_page(path)
    assert path.stem == f"{page.code}-{page.name}"
    assert list(page.sections) == list(SECTIONS)
    assert all(page.sections.values())
    kinds = {case.kind for case in page.cases}
    # Each case about runs starts two programs that import torch; that is slow enough.
    assert kinds >= {"Fires"} if page.code.startswith("TL7") else kinds == set(KINDS)


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    pages = {(page.code, page.name) for page in map(read_page, all_pages())}
    assert pages == {(info.code, info.name) for info in all_rules()}


def test_documentation_is_generated_from_these_pages() -> None:
    files = generated()
    assert {path.name for path in TARGET.glob("*.md")} == {path.name for path in files}, "run `make docs`"
    for path, text in files.items():
        assert path.read_text("utf-8") == text, f"run `make docs`: {path.name} is stale"
