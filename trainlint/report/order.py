"""An outcome in, its findings and unchecked places in the one order that every reporter keeps out."""

from __future__ import annotations

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.report.outcome import Outcome


def findings(outcome: Outcome) -> tuple[Diagnostic, ...]:
    """The findings that are not suppressed, by place, then code, then message."""
    shown = (entry.diagnostic for entry in outcome.diagnostics if not entry.suppressed)
    return tuple(sorted(shown, key=lambda found: (found.span, found.code, found.message)))


def unchecked(outcome: Outcome) -> tuple[NotChecked, ...]:
    """What was not checked, by place, then reason, each once."""
    return tuple(sorted(set(outcome.not_checked), key=lambda entry: (entry.span, entry.reason)))
