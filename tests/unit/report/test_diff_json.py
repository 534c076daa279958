from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.report.builders import span
from tests.unit.report.comparisons import both, difference_outcome, drift
from trainlint.diagnostic import Edit, Fix, NotChecked
from trainlint.report.comparison import DiffOutcome
from trainlint.report.diff_json import render

SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"
SCHEMA = json.loads((SCHEMAS / "diff-v1.json").read_text())


def printed(folder: Path, outcome: DiffOutcome) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(outcome, both(folder)))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(loaded)
    return loaded


def test_an_empty_outcome(tmp_path: Path) -> None:
    assert printed(tmp_path, difference_outcome()) == {
        "version": 1,
        "reference": ["reference.py"],
        "candidate": "candidate.py",
        "diagnostics": [],
        "aligned": {
            "effects": {"paired": 5, "lost": 1, "added": 0},
            "definitions": [
                {
                    "reference": {"name": "main", "file": "reference.py", "line": 1},
                    "candidate": {"name": "train", "file": "candidate.py", "line": 3},
                },
                {"reference": None, "candidate": {"name": "train", "file": "candidate.py", "line": 3}},
            ],
            "options": [],
        },
        "not_checked": [],
        "summary": {
            "errors": 0,
            "warnings": 0,
            "infos": 0,
            "intended": 0,
            "fixed": 0,
            "files_read": 2,
            "seconds": 0.25,
        },
    }


def test_a_finding_has_both_places(tmp_path: Path) -> None:
    fix = Fix((Edit(span("candidate.py:3:24", 4), "0.1"),), safe=True)
    (shown,) = printed(tmp_path, difference_outcome(drift(fix=fix)))["diagnostics"]
    assert (shown["code"], shown["harm"], shown["intended"]) == ("TL613", "wrong results", None)
    assert (shown["file"], shown["line"], shown["column"]) == ("candidate.py", 3, 24)
    assert shown["reference"] == {
        "file": "reference.py",
        "line": 3,
        "column": 16,
        "end_line": 3,
        "end_column": 19,
    }
    (edit,) = shown["fix"]["edits"]
    text = (tmp_path / "candidate.py").read_text()
    assert text[edit["start"] : edit["end"]] == "0.01"


def test_a_finding_without_a_place_in_the_reference(tmp_path: Path) -> None:
    (shown,) = printed(tmp_path, difference_outcome(drift(reference=False)))["diagnostics"]
    assert shown["reference"] is None


def test_what_is_meant_says_why_and_is_not_counted(tmp_path: Path) -> None:
    loaded = printed(tmp_path, difference_outcome(intended=(drift(),)))
    (shown,) = loaded["diagnostics"]
    assert shown["suppressed"]
    assert shown["intended"] == {"reason": "it trains better so", "file": "candidate.py", "line": 1}
    assert (loaded["summary"]["errors"], loaded["summary"]["intended"]) == (0, 1)


def test_the_schema_refuses_what_breaks_the_contract(tmp_path: Path) -> None:
    entry = NotChecked("the environment decides", span("candidate.py:2:1"))
    loaded = printed(tmp_path, difference_outcome(drift(), not_checked=(entry,)))
    jsonschema.validate({**loaded, "later": 1}, SCHEMA)
    loaded["diagnostics"][0]["harm"] = "some"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(loaded, SCHEMA)


def test_what_a_check_prints_too_has_the_form_that_it_has_there() -> None:
    check = json.loads((SCHEMAS / "check-v1.json").read_text())["$defs"]
    for name in ("path", "position", "count", "edit", "not_checked"):
        assert SCHEMA["$defs"][name] == check[name]
    ours, theirs = SCHEMA["$defs"]["diagnostic"], check["diagnostic"]
    assert set(theirs["required"]) <= set(ours["required"])
    assert {key: ours["properties"][key] for key in theirs["properties"]} == theirs["properties"]
