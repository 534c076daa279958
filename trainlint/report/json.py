"""An outcome in, the JSON object that other tools depend on out (version 1: additions only)."""

from __future__ import annotations

import json

from trainlint.diagnostic import Edit, Fix, NotChecked, Note
from trainlint.report.order import unchecked
from trainlint.report.outcome import (
    AspectResult,
    LaunchResult,
    LinkResult,
    Outcome,
    Reported,
    ScheduleResult,
    Verdict,
)
from trainlint.report.page import page
from trainlint.source import Files, Span

VERSION = 1

JsonObject = dict[str, object]


def render(outcome: Outcome, files: Files) -> str:
    """The contract as text: one entry of a list to a line, so that it can be compared and searched."""
    return written(check_object(outcome, files))


def written(contract: JsonObject) -> str:
    """A contract as text, whichever command's it is."""
    parts = (f'"{key}": {_layout(value)}' for key, value in contract.items())
    return "{" + ",\n ".join(parts) + "}\n"


def _layout(value: object) -> str:
    # Non-ASCII characters stay escaped, so that any pipe or terminal carries them.
    if not isinstance(value, list) or not value:
        return json.dumps(value)
    return "[\n  " + ",\n  ".join(json.dumps(entry) for entry in value) + "]"


def check_object(outcome: Outcome, files: Files) -> JsonObject:
    """The contract as plain data; `files` gives the texts in which fixes count their characters."""
    return {
        "version": VERSION,
        "launches": [_launch(launch) for launch in outcome.launches],
        "diagnostics": [diagnostic_object(entry, files) for entry in outcome.diagnostics],
        "not_checked": [not_checked_object(entry) for entry in unchecked(outcome)],
        "summary": _summary(outcome),
    }


def _launch(launch: LaunchResult) -> JsonObject:
    return {
        "file": launch.file,
        "line": launch.line,
        "end_line": launch.end_line,
        "command": launch.command,
        "marker": launch.marker,
        "form": launch.form,
        "via": [{"file": file, "line": line} for file, line in launch.via],
        "verdict": launch.verdict.value,
        "script": launch.script,
        "config": launch.config,
        "model": launch.model,
        "chain": [_link(link) for link in launch.chain],
        "overrides": launch.overrides,
        "diagnostics": list(launch.diagnostics),
        "profile": {
            **{name: {"value": None, "evidence": []} for name in ("act_mode", "encoder", "data")},
            **{aspect.name: _aspect(aspect) for aspect in launch.profile},
        },
        "schedules": [_schedule(schedule) for schedule in launch.schedules],
    }


def _schedule(schedule: ScheduleResult) -> JsonObject:
    return {
        "name": schedule.name,
        "start": schedule.start,
        "end": schedule.end,
        "total": schedule.total,
        "unit": schedule.unit,
        "file": schedule.file,
        "line": schedule.line,
    }


def _aspect(aspect: AspectResult) -> JsonObject:
    evidence = [
        {"file": entry.file, "line": entry.line, "message": entry.message} for entry in aspect.evidence
    ]
    return {"value": aspect.value, "evidence": evidence}


def _link(link: LinkResult) -> JsonObject:
    return {
        "kind": link.kind.value,
        "name": link.name,
        "file": link.file,
        "line": link.line,
        "status": link.status.value,
        "reason": link.reason,
    }


def diagnostic_object(entry: Reported, files: Files) -> JsonObject:
    """One finding; `diff` and `parity` print the same."""
    found = entry.diagnostic
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity.value,
        "confidence": found.confidence.value,
        "message": found.message,
        "help": found.help,
        "runtime": found.runtime,
        "link": found.link.value,
        **place_object(found.span),
        "chain": [_note(note) for note in found.chain],
        "fix": _fix(found.fix, files),
        "suppressed": entry.suppressed,
        "url": page(found.code, found.name) if found.documented else None,
        "fingerprint": entry.fingerprint,
    }


def place_object(span: Span) -> JsonObject:
    """A stretch of a file."""
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _note(note: Note) -> JsonObject:
    span = note.span
    return {"file": span.file, "line": span.line, "column": span.column, "message": note.message}


def _fix(fix: Fix | None, files: Files) -> JsonObject | None:
    edits = [_edit(edit, files) for edit in fix.edits] if fix else []
    if fix is None or None in edits:
        return None
    return {"safety": "safe" if fix.safe else "unsafe", "edits": edits}


def _edit(edit: Edit, files: Files) -> JsonObject | None:
    """An edit with offsets in characters; None when its file was not read, so that nobody can apply it."""
    source = files.shown(edit.span.file)
    if source is None:
        return None
    start = source.offset(edit.span.line, edit.span.column)
    end = source.offset(edit.span.end_line, edit.span.end_column)
    return {"file": edit.span.file, "start": start, "end": end, "text": edit.text}


def not_checked_object(entry: NotChecked) -> JsonObject:
    """One thing that could not be resolved."""
    return {"reason": entry.reason, "file": entry.span.file, "line": entry.span.line}


def _summary(outcome: Outcome) -> JsonObject:
    verdicts = outcome.verdicts()
    severities = {severity.value: count for severity, count in outcome.severities().items()}
    return {
        "launches": len(outcome.launches),
        **{verdict.value: verdicts[verdict] for verdict in Verdict},
        "errors": severities.get("error", 0),
        "warnings": severities.get("warning", 0),
        "infos": severities.get("info", 0),
        "files_read": outcome.files_read,
        "seconds": round(outcome.seconds, 3),
    }
