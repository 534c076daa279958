from __future__ import annotations

import dataclasses

import pytest

from tests.unit.report.builders import finding, launch, outcome
from trainlint.diagnostic import Severity
from trainlint.report.exit_code import CLEAN, FINDINGS, USAGE, exit_code


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("fail_on", Severity)
def test_findings_count_from_the_severity_asked_for(severity: Severity, fail_on: Severity) -> None:
    worst = dataclasses.replace(finding("jobs.txt:1:1", "m"), severity=severity)
    code = exit_code(outcome(worst, launches=(launch(),)), fail_on)
    assert code == (FINDINGS if severity.rank >= fail_on.rank else CLEAN)


def test_never_fail_means_clean() -> None:
    assert exit_code(outcome(finding("jobs.txt:1:1", "m"), launches=(launch(),)), None) == CLEAN


def test_suppressed_findings_do_not_count() -> None:
    assert (
        exit_code(outcome(suppressed=(finding("j:1:1", "m"),), launches=(launch(),)), Severity.INFO) == CLEAN
    )


def test_nothing_to_check_is_an_error_of_use_unless_allowed() -> None:
    assert exit_code(outcome(), Severity.ERROR) == USAGE
    assert exit_code(outcome(), Severity.ERROR, allow_empty=True) == CLEAN


def test_a_finding_without_a_launch_is_a_finding() -> None:
    assert exit_code(outcome(finding("jobs.txt:1:1", "unreadable")), Severity.ERROR) == FINDINGS
