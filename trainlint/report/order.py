"""An outcome in, its findings and unchecked places in the one order that every reporter keeps out."""

from __future__ import annotations

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.report.outcome import Outcome, Reported
from trainlint.source import Span


def shown(outcome: Outcome) -> list[tuple[int, Reported]]:
    """The findings that are not suppressed with their index, by place, then code, then message."""
    numbered = [pair for pair in enumerate(outcome.diagnostics) if not pair[1].suppressed]
    return sorted(numbered, key=lambda pair: _key(pair[1].diagnostic))


def findings(outcome: Outcome) -> tuple[Diagnostic, ...]:
    """The findings that are not suppressed, in order."""
    return tuple(entry.diagnostic for _, entry in shown(outcome))


def unchecked(outcome: Outcome) -> tuple[NotChecked, ...]:
    """What was not checked, by place, then reason, each once."""
    return tuple(sorted(set(outcome.not_checked), key=lambda entry: (entry.span, entry.reason)))


def by_reason(outcome: Outcome) -> list[tuple[str, list[Span]]]:
    """Each reason for not checking once, with its places; the most frequent first."""
    groups: dict[str, list[Span]] = {}
    for entry in unchecked(outcome):
        groups.setdefault(entry.reason, []).append(entry.span)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _key(found: Diagnostic) -> tuple[object, ...]:
    return (found.span, found.code, found.message)
