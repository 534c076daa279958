"""What runs of two programs came to in, the JSON object that other tools depend on out (additions only)."""

from __future__ import annotations

import math

from trainlint.facts.parity import Divergence, Noise, RunReport, Series, Site
from trainlint.report.diff_json import difference_object
from trainlint.report.json import VERSION, JsonObject, not_checked_object, written
from trainlint.report.order import unchecked
from trainlint.report.parity_reading import reading_objects
from trainlint.report.runs import ParityReport
from trainlint.source import Files


def render(report: ParityReport, files: Files) -> str:
    """The contract as text."""
    return written(parity_object(report, files))


def parity_object(report: ParityReport, files: Files) -> JsonObject:
    """The contract as plain data; steps count from 1, 0 is before the first update."""
    outcome = report.outcome
    first = outcome.divergences[0] if outcome.divergences else None
    return {
        "version": VERSION,
        "verdict": outcome.verdict.value,
        "first_divergence": _divergence(first) if first is not None else None,
        "divergences": [_divergence(entry) for entry in outcome.divergences],
        "diagnostics": [difference_object(entry, files) for entry in report.found.diagnostics],
        "runs": {run.name: _run(run) for run in outcome.runs},
        "noise_floor": [_noise(entry) for entry in outcome.noise],
        "not_checked": [not_checked_object(entry) for entry in unchecked(report.found)],
        "summary": {
            "steps": outcome.steps,
            "phases": {phase.value: fine for phase, fine in outcome.phases},
            "margin": _finite(outcome.margin),
            "unmatched": list(outcome.unmatched),
            "missing": list(outcome.missing),
            "grounds": list(outcome.grounds),
            "advice": list(outcome.advice),
        },
        "static": reading_objects(outcome),
        "not_read": outcome.unread or None,
        "series": [_series(entry) for entry in outcome.series],
        "environment": {
            entry.name: {"reference": entry.reference, "candidate": entry.candidate}
            for entry in outcome.surroundings
        },
        "replayed": list(outcome.replayed),
    }


def _run(run: RunReport) -> JsonObject:
    return {
        "command": run.command,
        "steps": run.steps,
        "seconds": round(run.seconds, 3),
        "ending": run.ending,
    }


def _noise(entry: Noise) -> JsonObject:
    return {
        "phase": entry.phase.value,
        "quantity": entry.quantity,
        "site": _site(entry.site),
        "cause": entry.cause or None,
    }


def _series(entry: Series) -> JsonObject:
    return {
        "phase": entry.phase.value,
        "quantity": entry.quantity,
        "reference": [_finite(value) for value in entry.reference],
        "candidate": [_finite(value) for value in entry.candidate],
        "distance": [_finite(value) for value in entry.apart],
    }


def _divergence(entry: Divergence) -> JsonObject:
    return {
        "step": entry.step + 1,
        "phase": entry.phase.value,
        "quantity": entry.quantity,
        "reference": entry.reference,
        "candidate": entry.candidate,
        "reference_site": _site(entry.reference_site),
        "candidate_site": _site(entry.candidate_site),
        "distance": _finite(entry.distance),
        "tolerance": _finite(entry.tolerance),
        "cause": entry.cause or None,
        "rank": entry.rank,
        "independent": entry.independent,
        "rule": entry.rule or None,
        "told": entry.told,
        "kind": entry.kind.value,
    }


def _finite(value: float | None) -> float | None:
    """A number that JSON has."""
    return value if value is not None and math.isfinite(value) else None


def _site(site: Site | None) -> JsonObject | None:
    return None if site is None else {"file": site.file, "line": site.line}
