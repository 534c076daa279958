from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.report.builders import finding, launch, outcome, span
from trainlint.diagnostic import Diagnostic, NotChecked, Note, Severity
from trainlint.report.github import command, render
from trainlint.report.outcome import Verdict
from trainlint.source import Span


def test_an_empty_outcome_is_a_line_for_the_log() -> None:
    assert render(outcome()) == "0 launches\n"


def test_a_finding_with_everything() -> None:
    found = Diagnostic(
        "TL303",
        "unknown-override-key",
        Severity.ERROR,
        Span("jobs.txt", 2, 8, 2, 10),
        "`lr` is no key: 100% sure",
        help="write `optim.lr`",
        runtime="Could not override 'lr'",
        chain=(
            Note(span("config/optim.yaml:8:3"), "set here"),
            Note(span("config/cfg.yaml:3:1"), "optim: adam"),
        ),
    )
    assert render(outcome(found, launches=(launch(2, Verdict.FAIL, (0,)),))) == (
        "::error file=jobs.txt,line=2,endLine=2,col=8,endColumn=10,title=TL303 unknown-override-key::"
        "`lr` is no key: 100%25 sure"
        "%0Acomposed from: config/cfg.yaml:3 (optim: adam) ← config/optim.yaml:8 (set here)"
        "%0Aat run time: Could not override 'lr'"
        "%0Afix: write `optim.lr`\n"
        "1 launch: 1 failed\n"
    )


def test_each_severity_has_its_command() -> None:
    found = [
        finding(f"a.txt:{line}:1", "m", severity=severity) for line, severity in enumerate(Severity, start=1)
    ]
    shown = render(outcome(*found)).splitlines()
    assert [line.split(" ", 1)[0] for line in shown] == ["::error", "::warning", "::notice", "0"]


def test_columns_only_on_one_line() -> None:
    over_two = Diagnostic("TL101", "x-y", Severity.ERROR, Span("a.txt", 1, 5, 2, 3), "m")
    assert render(outcome(over_two)).startswith("::error file=a.txt,line=1,endLine=2,title=TL101 x-y::m\n")


def test_properties_escape_what_separates_them() -> None:
    assert render(outcome(finding("a,b:c%.txt:1:2", "x\r\ny"))).startswith(
        "::error file=a%2Cb%3Ac%25.txt,line=1,endLine=1,col=2,endColumn=2,"
        "title=TL303 unknown-override-key::x%0D%0Ay\n"
    )


def test_suppressed_findings_are_not_shown() -> None:
    assert "hidden" not in render(outcome(suppressed=(finding("a.txt:1:1", "hidden"),)))


def test_a_reason_for_not_checking_is_one_notice() -> None:
    unknown = tuple(NotChecked("`$X` is unknown", span(f"jobs.txt:{line}:1")) for line in (4, 9))
    assert render(outcome(not_checked=unknown)) == (
        "::notice file=jobs.txt,line=4,title=not checked::"
        "`$X` is unknown (2 times: jobs.txt:4, :9)\n0 launches\n"
    )


def unescaped(text: str) -> str:
    """GitHub's reading: every escape back to its character, the percent sign last."""
    for escape, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, character)
    return text


# Escapes, separators and what looks like them, often enough to meet.
texts = st.text(st.sampled_from("%:,\r\n02AD5ac é"))


@given(file=texts, message=texts)
def test_escaping_is_read_back(file: str, message: str) -> None:
    line = command("error", {"file": file, "line": "1"}, message)
    match = re.fullmatch(r"::error file=([^,:]*),line=1::(.*)", line)
    assert match is not None
    assert (unescaped(match.group(1)), unescaped(match.group(2))) == (file, message)


@given(message=st.text(st.characters(codec=None)))
def test_any_text_can_be_written(message: str) -> None:
    command("error", {"file": message}, message).encode()
