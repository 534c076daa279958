from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.builders import finding, launch, link, outcome, span
from trainlint.diagnostic import Confidence, Diagnostic, Edit, Fix, LinkKind, NotChecked, Note, Severity
from trainlint.report.json import render
from trainlint.report.outcome import LinkStatus, Outcome, Verdict
from trainlint.source import Files, Span

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schema/check-v1.json").read_text())


def printed(found: Outcome, files: Files | None = None) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(render(found, files or Files(Path("/nowhere"))))
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(loaded)
    return loaded


def test_an_empty_outcome() -> None:
    assert printed(outcome()) == {
        "version": 1,
        "launches": [],
        "diagnostics": [],
        "not_checked": [],
        "summary": {
            "launches": 0,
            "pass": 0,
            "warn": 0,
            "fail": 0,
            "unverified": 0,
            "errors": 0,
            "warnings": 0,
            "infos": 0,
            "files_read": 3,
            "seconds": 0.25,
        },
    }


def test_a_launch_has_every_field() -> None:
    broken = launch(
        line=12,
        verdict=Verdict.FAIL,
        diagnostics=(0,),
        chain=(link(LinkKind.CONFIG, "cfg", LinkStatus.BROKEN, file="config/cfg.yaml", reason="not found"),),
    )
    (shown,) = printed(outcome(finding("jobs.txt:12:5", "m"), launches=(broken,)))["launches"]
    assert shown == {
        "file": "jobs.txt",
        "line": 12,
        "end_line": 12,
        "command": "python train.py lr=1",
        "marker": "pending",
        "form": "job list",
        "via": [],
        "verdict": "fail",
        "script": "train.py",
        "config": "config/cfg.yaml",
        "model": "models/net.py:Net",
        "chain": [
            {
                "kind": "config",
                "name": "cfg",
                "file": "config/cfg.yaml",
                "line": 1,
                "status": "broken",
                "reason": "not found",
            }
        ],
        "overrides": 1,
        "diagnostics": [0],
        "profile": {
            "act_mode": {"value": None, "evidence": []},
            "encoder": {"value": None, "evidence": []},
            "data": {"value": None, "evidence": []},
        },
        "schedules": [],
    }


FULL = Diagnostic(
    code="TL303",
    name="unknown-override-key",
    severity=Severity.WARNING,
    span=Span("jobs.txt", 2, 8, 2, 10),
    message="`lr` is no key",
    help="write `optim.lr`",
    runtime="Could not override 'lr'",
    chain=(Note(span("config/cfg.yaml:3:1"), "arch: etrm"),),
    confidence=Confidence.LOW,
    fix=Fix((Edit(Span("jobs.txt", 2, 8, 2, 10), "optim.lr"),)),
    link=LinkKind.CONFIG,
)


def test_a_finding_has_every_field(tmp_path: Path) -> None:
    (tmp_path / "jobs.txt").write_bytes("\ufeff# é\ntrain: lr=1\n".encode())
    files = Files(tmp_path)
    files.read(Path("jobs.txt"))
    (shown,) = printed(outcome(FULL), files)["diagnostics"]
    assert shown == {
        "code": "TL303",
        "name": "unknown-override-key",
        "severity": "warning",
        "confidence": "low",
        "message": "`lr` is no key",
        "help": "write `optim.lr`",
        "runtime": "Could not override 'lr'",
        "link": "config",
        "file": "jobs.txt",
        "line": 2,
        "column": 8,
        "end_line": 2,
        "end_column": 10,
        "chain": [{"file": "config/cfg.yaml", "line": 3, "column": 1, "message": "arch: etrm"}],
        "fix": {
            "safety": "unsafe",
            "edits": [{"file": "jobs.txt", "start": 11, "end": 13, "text": "optim.lr"}],
        },
        "suppressed": False,
        "url": "docs/rules/TL303-unknown-override-key.md",
        "fingerprint": "0" * 16,
    }
    text = (tmp_path / "jobs.txt").read_text(encoding="utf-8-sig")
    assert text[:11] + "optim.lr" + text[13:] == "# é\ntrain: optim.lr=1\n"


def test_a_rule_of_a_pack_of_the_projects_own_has_no_page() -> None:
    own = replace(FULL, documented=False)
    (shown,) = printed(outcome(own))["diagnostics"]
    assert shown["url"] is None


def test_a_fix_of_a_file_that_is_not_there_is_none() -> None:
    (shown,) = printed(outcome(FULL))["diagnostics"]
    assert shown["fix"] is None


def test_suppressed_findings_are_listed_and_not_counted() -> None:
    loaded = printed(outcome(suppressed=(finding("jobs.txt:1:1", "m"),)))
    assert [entry["suppressed"] for entry in loaded["diagnostics"]] == [True]
    assert loaded["summary"]["errors"] == 0


def test_what_was_not_checked_is_there_once() -> None:
    twice = (NotChecked("set by the environment", span("jobs.txt:4:1")),) * 2
    assert printed(outcome(not_checked=twice))["not_checked"] == [
        {"reason": "set by the environment", "file": "jobs.txt", "line": 4}
    ]


def test_the_schema_refuses_what_breaks_the_contract() -> None:
    loaded = printed(outcome(finding("jobs.txt:1:1", "m"), launches=(launch(),)))
    jsonschema.validate({**loaded, "later": 1}, SCHEMA)
    loaded["launches"][0]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(loaded, SCHEMA)


anything = st.text(st.characters(codec=None))


@given(file=anything.filter(bool), message=anything.filter(bool), reason=anything.filter(bool))
def test_any_text_survives(file: str, message: str, reason: str) -> None:
    place = Span(file, 1, 1, 1, 1)
    found = Diagnostic("TL303", "unknown-override-key", Severity.ERROR, place, message)
    loaded = printed(outcome(found, not_checked=(NotChecked(reason, place),)))
    assert loaded["diagnostics"][0]["message"] == message
    assert loaded["diagnostics"][0]["file"] == file
    assert loaded["not_checked"][0]["reason"] == reason
