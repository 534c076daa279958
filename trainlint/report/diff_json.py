"""A comparison in, the JSON object that other tools depend on out (version 1: additions only)."""

from __future__ import annotations

from trainlint.report.comparison import Aligned, DiffOutcome, PlacePair, PlaceResult
from trainlint.report.json import (
    VERSION,
    JsonObject,
    diagnostic_object,
    not_checked_object,
    place_object,
    written,
)
from trainlint.report.order import unchecked
from trainlint.report.outcome import Reported
from trainlint.source import Files


def render(outcome: DiffOutcome, files: Files) -> str:
    """The contract as text."""
    return written(diff_object(outcome, files))


def diff_object(outcome: DiffOutcome, files: Files) -> JsonObject:
    """The contract as plain data; `files` gives the texts in which fixes count their characters."""
    return {
        "version": VERSION,
        "reference": list(outcome.reference),
        "candidate": outcome.candidate,
        "diagnostics": [difference_object(entry, files) for entry in outcome.found.diagnostics],
        "aligned": _aligned(outcome.aligned),
        "not_checked": [not_checked_object(entry) for entry in unchecked(outcome.found)],
        "summary": _summary(outcome),
    }


def difference_object(entry: Reported, files: Files) -> JsonObject:
    """A finding as of a check, with the other side's place, what it does to a run and whether it is meant."""
    found, intended = entry.diagnostic, entry.intended
    return {
        **diagnostic_object(entry, files),
        "harm": found.harm.value if found.harm is not None else None,
        "reference": place_object(found.reference) if found.reference is not None else None,
        "intended": {"reason": intended.reason, "file": intended.span.file, "line": intended.span.line}
        if intended is not None
        else None,
    }


def _aligned(aligned: Aligned) -> JsonObject:
    paired, lost, added = aligned.effects
    return {
        "effects": {"paired": paired, "lost": lost, "added": added},
        "definitions": [_pair(pair) for pair in aligned.definitions],
        "options": [_pair(pair) for pair in aligned.options],
    }


def _pair(pair: PlacePair) -> JsonObject:
    return {"reference": _place(pair[0]), "candidate": _place(pair[1])}


def _place(place: PlaceResult | None) -> JsonObject | None:
    return None if place is None else {"name": place.name, "file": place.file, "line": place.line}


def _summary(outcome: DiffOutcome) -> JsonObject:
    severities = {severity.value: count for severity, count in outcome.found.severities().items()}
    return {
        "errors": severities.get("error", 0),
        "warnings": severities.get("warning", 0),
        "infos": severities.get("info", 0),
        "intended": len(outcome.intended()),
        "fixed": outcome.fixed,
        "files_read": outcome.found.files_read,
        "seconds": round(outcome.found.seconds, 3),
    }
