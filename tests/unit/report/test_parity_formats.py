"""Every report of runs says the verdict, holds what a program wrote harmless, and fits its format."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.unit.report.parities import divergence, inconclusive, outcome, reported, unrepeatable
from trainlint.facts.parity import ParityOutcome, Phase, Series, Surrounding, Verdict
from trainlint.facts.settings import PARITY_FORMATS
from trainlint.report.formats import Desk
from trainlint.report.parity_formats import rendered_parity
from trainlint.rules.divergences import PARITY_RULES

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schema"
SCHEMA = json.loads((SCHEMAS / "parity-v1.json").read_text())
INFOS = tuple(rule.info for rule in PARITY_RULES)
DIVERGED = outcome(divergence(Phase.LR, "lr"), divergence(Phase.UPDATE))
UNMATCHED = replace(outcome(), unmatched=("candidate: head.bias",), notes=("no contents were kept",))
DRAWN = replace(
    outcome(),
    series=(Series(Phase.LR, "learning rate", (0.1, math.inf), (0.1, None), (0.0, math.nan)),),
    surroundings=(Surrounding("torch", "2.5", "2.6"),),
    replayed=("weights",),
)
OUTCOMES = [
    DRAWN,
    outcome(),
    outcome(verdict=Verdict.WITHIN),
    DIVERGED,
    inconclusive(),
    unrepeatable(),
    UNMATCHED,
]


def rendered(found: ParityOutcome, output_format: str, folder: Path) -> str:
    report, files = reported(found, folder)
    return rendered_parity(report, output_format, Desk(files, INFOS))


@pytest.mark.parametrize("output_format", PARITY_FORMATS)
@pytest.mark.parametrize("found", OUTCOMES, ids=lambda found: found.verdict.value)
def test_no_format_lets_a_program_drive_the_terminal(
    found: ParityOutcome, output_format: str, tmp_path: Path
) -> None:
    assert "\x1b" not in rendered(found, output_format, tmp_path)


@pytest.mark.parametrize("output_format", ["text", "json", "junit", "markdown", "sarif", "html"])
def test_what_helps_stands_in_every_report_with_room_for_it(output_format: str, tmp_path: Path) -> None:
    assert "start it" in rendered(inconclusive(), output_format, tmp_path)


@pytest.mark.parametrize("found", OUTCOMES, ids=lambda found: found.verdict.value)
def test_json_fits_its_schema(found: ParityOutcome, tmp_path: Path) -> None:
    told = json.loads(rendered(found, "json", tmp_path))
    jsonschema.validate(told, SCHEMA)
    assert told["verdict"] == found.verdict.value


def test_json_has_what_is_drawn_and_what_was_computed_on(tmp_path: Path) -> None:
    told = json.loads(rendered(DRAWN, "json", tmp_path))
    (series,) = told["series"]
    assert (series["reference"], series["distance"]) == ([0.1, None], [0.0, None])
    assert told["environment"] == {"torch": {"reference": "2.5", "candidate": "2.6"}}
    assert told["replayed"] == ["weights"]


def test_json_has_the_findings_with_both_places(tmp_path: Path) -> None:
    (found,) = json.loads(rendered(DIVERGED, "json", tmp_path))["diagnostics"]
    place = {key: found[key] for key in ("code", "file", "line", "column", "end_column", "url")}
    assert place == {
        "code": "TL703",
        "file": "new.py",
        "line": 6,
        "column": 9,
        "end_column": 25,
        "url": "docs/rules/TL703-learning-rate-differs.md",
    }
    assert (found["reference"]["file"], found["reference"]["line"]) == ("train.py", 4)
    assert found["harm"] == "wrong results"


def test_what_was_not_compared_is_listed(tmp_path: Path) -> None:
    assert rendered(UNMATCHED, "concise", tmp_path).splitlines() == [
        "new.py:1 not checked: no contents were kept",
        "new.py:1 not checked: the parameter head.bias answers to none of the other side",
    ]
    for output_format in ("github", "markdown", "sarif"):
        assert "head.bias" in rendered(UNMATCHED, output_format, tmp_path)


def test_junit_has_a_test_for_each_phase(tmp_path: Path) -> None:
    suite = ElementTree.fromstring(rendered(DIVERGED, "junit", tmp_path).partition("\n")[2])
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    assert cases["lr"] == ["failure"]
    assert cases["eval"] == ["skipped"]
    assert cases["update"] == cases["init"] == []
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("12", "1", "1")
    failure = suite.find("./testcase/failure")
    assert failure is not None
    assert failure.get("message") == "update 1: lr"
    assert "candidate 2 new.py:6" in str(failure.text)


def test_junit_of_runs_that_prove_nothing_is_an_error(tmp_path: Path) -> None:
    suite = ElementTree.fromstring(rendered(inconclusive(), "junit", tmp_path).partition("\n")[2])
    error = suite.find("./testcase/error")
    assert error is not None
    assert "no <data>\\x1b[31m" in str(error.text)
    assert suite.get("errors") == "1"


def test_github_annotates_the_candidate_and_ends_with_the_verdict(tmp_path: Path) -> None:
    lines = rendered(DIVERGED, "github", tmp_path).splitlines()
    assert lines[0].startswith("::error file=new.py,line=6,endLine=6,col=9,endColumn=25,title=TL703 ")
    assert "reference: train.py:4" in lines[0]
    assert lines[-1] == "diverged: update 1, lr: lr"


def test_markdown_shows_both_sides_lines(tmp_path: Path) -> None:
    text = rendered(DIVERGED, "markdown", tmp_path)
    assert text.startswith("## ❌ `new.py` against `train.py`\n\ndiverged: update 1, lr: lr\n")
    assert "| ❌ lr | update 1 | `lr` | 1 relative, rounding explains 1e-06 |" in text
    assert "**Reference:** `train.py:4`\n\n```python\noptimizer.step()\n```" in text
    assert "Not seen in these runs: eval." in text
