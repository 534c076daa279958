"""Small outcomes by hand, for the golden tests of the reporters."""

from __future__ import annotations

from trainlint.diagnostic import Diagnostic, NotChecked, Severity
from trainlint.report.outcome import Outcome, Reported
from trainlint.source import Span


def span(place: str, width: int = 0) -> Span:
    """`jobs.txt:3:5` and a width as a span on one line."""
    file, line, column = place.rsplit(":", 2)
    return Span(file, int(line), int(column), int(line), int(column) + width)


def finding(place: str, message: str, code: str = "TL303", width: int = 0) -> Diagnostic:
    return Diagnostic(code, "unknown-override-key", Severity.ERROR, span(place, width), message)


def outcome(
    *diagnostics: Diagnostic,
    suppressed: tuple[Diagnostic, ...] = (),
    not_checked: tuple[NotChecked, ...] = (),
) -> Outcome:
    reported = [Reported(found, False, "0" * 16) for found in diagnostics]
    reported += [Reported(found, True, "1" * 16) for found in suppressed]
    return Outcome((), tuple(reported), not_checked, files_read=3, seconds=0.25)
