"""An outcome in, a SARIF 2.1.0 log for code hosts and viewers out."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from trainlint import __version__
from trainlint.diagnostic import Diagnostic, Fix, NotChecked, Note, RuleInfo, Severity
from trainlint.report.order import unchecked
from trainlint.report.outcome import Outcome, Reported
from trainlint.report.page import page
from trainlint.source import Span

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_NOT_CHECKED = "not-checked"

JsonObject = dict[str, object]


def render(outcome: Outcome, rules: Sequence[RuleInfo]) -> str:
    """The log as text; `rules` are those that could have been reported."""
    return json.dumps(log(outcome, rules)) + "\n"


def log(outcome: Outcome, rules: Sequence[RuleInfo]) -> JsonObject:
    """The log as plain data: one run with its rules, results and what could not be checked."""
    positions = {rule.code: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": _driver(rules)},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(entry) for entry in unchecked(outcome)],
            }
        ],
        "results": [_result(entry, positions) for entry in outcome.diagnostics],
        "columnKind": "unicodeCodePoints",
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _driver(rules: Sequence[RuleInfo]) -> JsonObject:
    description = {"text": "Something that could not be resolved, so that nothing is known about it."}
    return {
        "name": "trainlint",
        "version": __version__,
        "rules": [_rule(rule) for rule in rules],
        "notifications": [{"id": _NOT_CHECKED, "shortDescription": description}],
    }


def _rule(rule: RuleInfo) -> JsonObject:
    where = f"\nThe whole page: {page(rule.code, rule.name)}" if rule.documented else ""
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"{rule.summary}{where}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.link.value]},
    }


def _notification(entry: NotChecked) -> JsonObject:
    return {
        "descriptor": {"id": _NOT_CHECKED},
        "level": "note",
        "message": {"text": entry.reason},
        "locations": [{"physicalLocation": _physical(entry.span)}],
    }


def _result(entry: Reported, positions: Mapping[str, int]) -> JsonObject:
    found = entry.diagnostic
    result: JsonObject = {
        "ruleId": found.code,
        "level": _LEVELS[found.severity],
        "message": {"text": _message(found)},
        "locations": [{"physicalLocation": _physical(found.span)}],
        "partialFingerprints": {"trainlint/v1": entry.fingerprint},
        # The format wants this on all results or on none.
        "suppressions": [_suppression(entry)] if entry.suppressed else [],
        "properties": {"confidence": found.confidence.value},
    }
    if found.code in positions:
        result["ruleIndex"] = positions[found.code]
    if found.reference is not None:
        location = {"physicalLocation": _physical(found.reference), "message": {"text": "the reference"}}
        result["relatedLocations"] = [{"id": 1, **location}]
    if found.chain:
        result["codeFlows"] = [_flow(found)]
    if found.fix is not None and found.fix.edits:
        result["fixes"] = [_fix(found.fix, found.help or "replace the marked text")]
    return result


def _suppression(entry: Reported) -> JsonObject:
    suppression: JsonObject = {"kind": "inSource", "status": "accepted"}
    if entry.intended is not None and entry.intended.reason:
        suppression["justification"] = entry.intended.reason
    return suppression


def _message(found: Diagnostic) -> str:
    runtime = f"\nAt run time: {found.runtime}" if found.runtime else ""
    return found.message + runtime + (f"\nFix: {found.help}" if found.help else "")


def _flow(found: Diagnostic) -> JsonObject:
    """The story of a value as a path: from where it is written to the place where it does harm."""
    steps = (*found.chain, Note(found.span, found.message))
    locations = [{"location": _step(note)} for note in steps]
    return {"threadFlows": [{"locations": locations}]}


def _step(note: Note) -> JsonObject:
    return {"physicalLocation": _physical(note.span), "message": {"text": note.message or "here"}}


def _fix(fix: Fix, description: str) -> JsonObject:
    by_file: dict[str, list[JsonObject]] = defaultdict(list)
    for edit in fix.edits:
        replacement: JsonObject = {
            "deletedRegion": _region(edit.span),
            "insertedContent": {"text": edit.text},
        }
        by_file[edit.span.file].append(replacement)
    changes = [
        {"artifactLocation": _artifact(file), "replacements": replacements}
        for file, replacements in by_file.items()
    ]
    return {"description": {"text": description}, "artifactChanges": changes}


def _physical(span: Span) -> JsonObject:
    return {"artifactLocation": _artifact(span.file), "region": _region(span)}


def _artifact(file: str) -> JsonObject:
    """The file as a URI; a name that is no UTF-8 keeps its bytes."""
    quoted = quote(file.replace(os.sep, "/"), errors="surrogateescape")
    return {"uri": f"file://{quoted}" if os.path.isabs(file) else quoted}


def _region(span: Span) -> JsonObject:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
