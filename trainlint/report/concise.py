"""An outcome in, one line a finding and one line a place that was not checked out."""

from __future__ import annotations

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.report.clean import one_line
from trainlint.report.order import findings, unchecked
from trainlint.report.outcome import Outcome


def render(outcome: Outcome) -> str:
    """The lines of all findings, then those of what was not checked; empty when all is well."""
    lines = [_finding(found) for found in findings(outcome)]
    lines += [_unchecked(entry) for entry in unchecked(outcome)]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines))


def _finding(found: Diagnostic) -> str:
    place = f"{one_line(found.span.file)}:{found.span.line}:{found.span.column}"
    return f"{place} {found.code} {one_line(found.message)}"


def _unchecked(entry: NotChecked) -> str:
    return f"{one_line(entry.span.file)}:{entry.span.line} not checked: {one_line(entry.reason)}"
