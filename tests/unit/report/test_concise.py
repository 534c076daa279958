from __future__ import annotations

from tests.unit.report.builders import finding, outcome, span
from trainlint.diagnostic import NotChecked
from trainlint.report.concise import render


def test_nothing_to_say_is_no_text() -> None:
    assert render(outcome()) == ""


def test_findings_by_place_then_what_was_not_checked() -> None:
    text = render(
        outcome(
            finding("jobs.txt:10:2", "b"),
            finding("jobs.txt:9:20", "late in the line"),
            finding("jobs.txt:9:3", "a", code="TL201"),
            finding("config/a.yaml:1:1", "c"),
            not_checked=(
                NotChecked("`$DATA` is set by the environment", span("jobs.txt:4:1")),
                NotChecked("package `flash_attn` is not installed", span("a.py:2:1")),
            ),
        )
    )
    assert text == (
        "config/a.yaml:1:1 TL303 c\n"
        "jobs.txt:9:3 TL201 a\n"
        "jobs.txt:9:20 TL303 late in the line\n"
        "jobs.txt:10:2 TL303 b\n"
        "a.py:2 not checked: package `flash_attn` is not installed\n"
        "jobs.txt:4 not checked: `$DATA` is set by the environment\n"
    )


def test_suppressed_findings_are_not_shown() -> None:
    assert render(outcome(suppressed=(finding("jobs.txt:1:1", "hidden"),))) == ""


def test_the_same_line_is_said_once() -> None:
    twice = NotChecked("unknown", span("jobs.txt:4:1")), NotChecked("unknown", span("jobs.txt:4:9"))
    assert render(outcome(not_checked=twice)) == "jobs.txt:4 not checked: unknown\n"


def test_a_message_can_neither_break_the_line_nor_drive_the_terminal() -> None:
    text = render(outcome(finding("a\nb.txt:1:1", "two\r\n  lines \x1b[31mred\u202e", width=4)))
    assert text == "a b.txt:1:1 TL303 two lines \\x1b[31mred\\u202e\n"


def test_a_file_name_that_is_no_text_can_be_encoded() -> None:
    render(outcome(finding("\udcff.txt:1:1", "x"))).encode("utf-8")
