from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.builders import finding, outcome, span
from trainlint.diagnostic import Diagnostic, Edit, Fix, LinkKind, NotChecked, Note, RuleInfo, Severity
from trainlint.report.outcome import Outcome
from trainlint.report.sarif import render
from trainlint.source import Span

SCHEMA = json.loads((Path(__file__).parent / "sarif-subset.schema.json").read_text())
RULES = (
    RuleInfo("TL201", "script-not-found", Severity.ERROR, LinkKind.SCRIPT, (), "The script is not there."),
    RuleInfo("TL303", "unknown-override-key", Severity.ERROR, LinkKind.CONFIG, (), "No such key."),
)


def run_of(found: Outcome) -> dict[str, Any]:
    log = json.loads(render(found, RULES))
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    return dict(run)


def result_of(found: Diagnostic) -> dict[str, Any]:
    (result,) = run_of(outcome(found))["results"]
    return dict(result)


def test_an_empty_outcome_still_describes_its_rules() -> None:
    run = run_of(outcome())
    assert run["results"] == []
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["TL201", "TL303"]
    assert run["tool"]["driver"]["rules"][1] == {
        "id": "TL303",
        "name": "unknown-override-key",
        "shortDescription": {"text": "No such key."},
        "help": {"text": "No such key.\nThe whole page: docs/rules/TL303-unknown-override-key.md"},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["config"]},
    }


FULL = Diagnostic(
    "TL303",
    "unknown-override-key",
    Severity.WARNING,
    Span("jobs.txt", 2, 8, 2, 10),
    "`lr` is no key",
    help="write `optim.lr`",
    runtime="Could not override 'lr'",
    chain=(Note(span("config/optim.yaml:8:3"), ""), Note(span("config/cfg.yaml:3:1"), "optim: adam")),
    fix=Fix((Edit(Span("jobs.txt", 2, 8, 2, 10), "optim.lr"),)),
)


def test_a_result_has_its_rule_place_and_words() -> None:
    result = result_of(FULL)
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("TL303", 1, "warning")
    assert result["message"]["text"] == (
        "`lr` is no key\nAt run time: Could not override 'lr'\nFix: write `optim.lr`"
    )
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "jobs.txt"},
        "region": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 10},
    }
    assert result["partialFingerprints"] == {"trainlint/v1": "0" * 16}


def test_the_code_flow_goes_from_where_a_value_is_written_to_where_it_does_harm() -> None:
    (flow,) = result_of(FULL)["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [
        (step["physicalLocation"]["artifactLocation"]["uri"], step["message"]["text"]) for step in steps
    ] == [
        ("config/optim.yaml", "here"),
        ("config/cfg.yaml", "optim: adam"),
        ("jobs.txt", "`lr` is no key"),
    ]


def test_a_fix_groups_its_edits_by_file() -> None:
    edits = (
        Edit(Span("a.yaml", 1, 1, 1, 3), "x"),
        Edit(Span("b.yaml", 2, 1, 2, 1), "y"),
        Edit(Span("a.yaml", 5, 1, 5, 2), ""),
    )
    (fix,) = result_of(dataclasses.replace(FULL, fix=Fix(edits)))["fixes"]
    assert fix["description"] == {"text": "write `optim.lr`"}
    assert [
        (change["artifactLocation"]["uri"], len(change["replacements"])) for change in fix["artifactChanges"]
    ] == [("a.yaml", 2), ("b.yaml", 1)]


def test_suppressed_results_say_so_and_the_others_that_they_are_not() -> None:
    run = run_of(outcome(finding("a.txt:1:1", "m"), suppressed=(finding("a.txt:2:1", "n"),)))
    assert [result["suppressions"] for result in run["results"]] == [
        [],
        [{"kind": "inSource", "status": "accepted"}],
    ]


def test_a_rule_that_is_not_listed_has_no_index() -> None:
    assert "ruleIndex" not in result_of(dataclasses.replace(FULL, code="TL001"))


def test_what_was_not_checked_is_a_notification() -> None:
    run = run_of(outcome(not_checked=(NotChecked("set by the environment", span("jobs.txt:4:1")),)))
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"] == {"text": "set by the environment"}
    assert notification["locations"][0]["physicalLocation"]["region"]["startLine"] == 4


def test_paths_become_uris() -> None:
    def uri(file: str) -> str:
        place = result_of(dataclasses.replace(FULL, span=Span(file, 1, 1, 1, 1)))["locations"][0]
        return str(place["physicalLocation"]["artifactLocation"]["uri"])

    assert uri("/data/a b.txt") == "file:///data/a%20b.txt"
    assert uri("a:b#c?.yaml") == "a%3Ab%23c%3F.yaml"
    assert uri("jobs-é.txt") == "jobs-%C3%A9.txt"
    assert uri("\udcff.txt") == "%FF.txt"


@given(file=st.text(min_size=1), message=st.text(min_size=1), text=st.text())
def test_any_text_makes_a_valid_log(file: str, message: str, text: str) -> None:
    place = Span(file, 1, 1, 1, 1)
    changed = dataclasses.replace(
        FULL, span=place, message=message, chain=(Note(place, text),), fix=Fix((Edit(place, text),))
    )
    assert result_of(changed)["message"]["text"].startswith(message)
