"""An outcome and the severity that fails a run in, the process's exit code out."""

from __future__ import annotations

from trainlint.diagnostic import Severity
from trainlint.report.outcome import Outcome

CLEAN = 0
FINDINGS = 1
USAGE = 2
CRASH = 3


def exit_code(outcome: Outcome, fail_on: Severity | None, *, allow_empty: bool = False) -> int:
    """`FINDINGS` when a finding reaches `fail_on` (None: never), `USAGE` when nothing was there to check."""
    if fail_on is not None and any(
        severity.rank >= fail_on.rank and count for severity, count in outcome.severities().items()
    ):
        return FINDINGS
    if not outcome.launches and not allow_empty:
        return USAGE
    return CLEAN
