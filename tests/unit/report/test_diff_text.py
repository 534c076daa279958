from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.unit.report.builders import span
from tests.unit.report.comparisons import both, difference_outcome, drift
from trainlint.diagnostic import Edit, Fix, Harm, NotChecked, Severity
from trainlint.report.comparison import DiffOutcome
from trainlint.report.diff_text import render
from trainlint.report.terminal import Page
from trainlint.source import Span


def shown(folder: Path, outcome: DiffOutcome, width: int | None = None) -> str:
    return render(outcome, both(folder), Page(width))


def test_both_sides_stand_beside_one_another(tmp_path: Path) -> None:
    assert shown(tmp_path, difference_outcome(drift()), 110) == (
        "wrong results\n"
        "\n"
        "candidate.py:3:24 TL613 hyperparameter-drift (error)\n"
        "   `weight_decay` is 0.01: the reference has 0.1\n"
        "   reference reference.py:3                              candidate candidate.py:3\n"
        "   3 │ weight_decay = 0.1                                3 │ def train(weight_decay=0.01):\n"
        "     │                ^^^                                  │                        ^^^^\n"
        "   at run time    the weights decay ten times less\n"
        "   fix            write 0.1\n"
        "\n"
        "reference.py → candidate.py: 1 error\n"
    )


def test_on_a_narrow_page_one_stands_above_the_other(tmp_path: Path) -> None:
    assert (
        "   reference reference.py:3\n"
        "   3 │ weight_decay = 0.1\n"
        "     │                ^^^\n"
        "   candidate candidate.py:3\n"
        "   3 │ def train(weight_decay=0.01):\n"
    ) in shown(tmp_path, difference_outcome(drift()), 80)


def test_no_line_is_wider_than_the_page(tmp_path: Path) -> None:
    whole = replace(
        drift(), span=Span("candidate.py", 3, 1, 8, 1), reference=Span("reference.py", 4, 1, 7, 21)
    )
    for width in (60, 99, 100, 101, 140):
        lines = shown(tmp_path, difference_outcome(whole, drift(message="long " * 60)), width).splitlines()
        assert all(len(line) <= width for line in lines), width


def test_several_lines_keep_their_indentation_against_one_another(tmp_path: Path) -> None:
    loop = replace(drift(), span=Span("candidate.py", 4, 5, 7, 25), reference=None)
    assert (
        "   candidate candidate.py:4\n"
        "   4 │ for step in range(10):\n"
        "   5 │     loss = model(batch)\n"
        "   6 │     loss.backward()\n"
        "   7 │     optimizer.step()\n"
    ) in shown(tmp_path, difference_outcome(loop))


def test_groups_come_in_the_order_of_their_harm(tmp_path: Path) -> None:
    found = [
        drift(Harm.FEATURES, Severity.INFO, "f"),
        drift(Harm.RESULTS, Severity.WARNING, "w"),
        drift(Harm.RESULTS, Severity.ERROR, "e"),
        drift(Harm.REPORTS, Severity.WARNING, "r"),
    ]
    lines = shown(tmp_path, difference_outcome(*found)).splitlines()
    order = ["wrong results", "   e", "   w", "wrong reports", "   r", "lost features", "   f"]
    assert [line for line in lines if line in order] == order
    assert lines[-1] == "reference.py → candidate.py: 1 error, 2 warnings, 1 note"


def test_what_is_meant_is_shown_with_its_reason_and_counts_nowhere(tmp_path: Path) -> None:
    text = shown(tmp_path, difference_outcome(intended=(drift(),)))
    assert text == (
        "intended\n"
        "   candidate.py:3 TL613 `weight_decay` is 0.01: the reference has 0.1 "
        "(candidate.py:1: it trains better so)\n"
        "\n"
        "reference.py → candidate.py: no difference was found; 1 intended\n"
    )


def test_what_could_not_be_compared_is_said(tmp_path: Path) -> None:
    entry = NotChecked("the environment decides", span("candidate.py:2:1"))
    assert "not checked\n   the environment decides (candidate.py:2)\n" in shown(
        tmp_path, difference_outcome(not_checked=(entry,))
    )


def test_what_fixes_would_mend_is_said(tmp_path: Path) -> None:
    edit = Edit(span("candidate.py:3:24", 4), "0.1")
    safe, unsafe = Fix((edit,), safe=True), Fix((edit,))
    text = shown(tmp_path, difference_outcome(drift(fix=safe), drift(fix=unsafe, message="m")))
    assert text.endswith("--fix mends 1; --fix --unsafe-fixes mends 2; read what it changes\n")


def test_a_side_whose_text_is_not_there_is_named(tmp_path: Path) -> None:
    elsewhere = replace(drift(), reference=span("gone.py:7:1"))
    assert "reference gone.py:7" in shown(tmp_path, difference_outcome(elsewhere))
