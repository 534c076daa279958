"""Every fix of every case, applied: the finding that offered it is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.specs.page import Case, all_pages, read_page
from tests.specs.runner import run_case

CASES = [
    pytest.param(page.code, case, id=f"{page.code}-{case.title}".replace(" ", "-"))
    for page in map(read_page, all_pages())
    for case in page.cases
    if case.kind == "Fires" and "$" not in case.command and not case.command.startswith("parity ")
]


def findings(code: str, case: Case, folder: Path) -> list[dict[str, Any]]:
    case = Case(case.kind, case.title, case.line, case.files, f"{case.command} --output-format json")
    printed: list[dict[str, Any]] = json.loads("\n".join(run_case(case, code, folder)))["diagnostics"]
    return printed


def applied(data: bytes, edits: list[dict[str, Any]]) -> bytes:
    text = data.decode("utf-8")
    for edit in sorted(edits, key=lambda edit: -edit["start"]):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    return text.encode("utf-8")


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_fix_mends_what_it_is_offered_for(code: str, case: Case, tmp_path: Path) -> None:
    for number, finding in enumerate(findings(code, case, tmp_path / "before")):
        if finding["fix"] is None:
            continue
        files = dict(case.files)
        for name in {edit["file"] for edit in finding["fix"]["edits"]}:
            files[name] = applied(files[name], [e for e in finding["fix"]["edits"] if e["file"] == name])
        mended = Case(case.kind, case.title, case.line, files, case.command)
        left = findings(code, mended, tmp_path / f"after{number}")
        assert finding["message"] not in [entry["message"] for entry in left]
