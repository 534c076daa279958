"""A comparison of two programs and settings in, an outcome out: rules, what is meant, what counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.engine.assemble import covering, line_of, unexplained
from trainlint.engine.fixes import is_applicable
from trainlint.engine.intended import intentions, meant, unused
from trainlint.engine.isolation import Crash, Findings, run_rule
from trainlint.engine.selection import configured, is_selected
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Definition, Option
from trainlint.facts.settings import Settings
from trainlint.parse.suppressions import suppressions
from trainlint.report.comparison import Aligned, DiffOutcome, PlacePair, PlaceResult
from trainlint.report.fingerprint import fingerprints
from trainlint.report.outcome import Intention, Outcome, Reported
from trainlint.rules.base import Rule
from trainlint.rules.differences import DIFF_RULES
from trainlint.source import Files

#: What of a comparison is known only when all other rules have run.
_LAST = "unused_intended"


def judged(
    comparison: Comparison, settings: Settings, files: Files, rules: Sequence[Rule[Comparison]] = DIFF_RULES
) -> tuple[DiffOutcome, list[Crash]]:
    """What the rules make of a comparison; crashes are defects of trainlint, never of the user."""
    chosen = [rule for rule in rules if is_selected(rule.info, settings)]
    last = [rule for rule in chosen if _LAST in rule.info.needs]
    found = _run([rule for rule in chosen if rule not in last], comparison)
    findings = _configured(found.diagnostics, settings)
    entries = intentions(files, settings)
    crashed = {crash.code for crash in found.crashes}
    unjudged = [rule.info for rule in rules if rule not in chosen or rule.info.code in crashed]
    left = tuple(unused(findings, entries, settings, unjudged))
    found_last = _run(last, replace(comparison, unused_intended=left))
    findings += _configured(found_last.diagnostics, settings)
    findings = [_offering(entry, files, comparison.reference.files) for entry in findings]
    purposes = {
        finding: Intention(entry.reason, entry.span)
        for finding, entry in meant(findings, entries, settings).items()
    }
    not_checked = [*found.not_checked, *_unknown(comparison)]
    told = DiffOutcome(
        reference=(comparison.reference.start.file,),
        candidate=comparison.candidate.start.file,
        found=_outcome(findings, purposes, unexplained(not_checked, findings), files),
        aligned=aligned(comparison),
        reference_files=comparison.reference.files,
    )
    return told, [*found.crashes, *found_last.crashes]


def _run(rules: Iterable[Rule[Comparison]], comparison: Comparison) -> Findings:
    together = Findings()
    for found in (run_rule(rule, comparison, comparison.candidate.start) for rule in rules):
        together.diagnostics += found.diagnostics
        together.not_checked += found.not_checked
        together.crashes += found.crashes
    return together


def _configured(diagnostics: Iterable[Diagnostic], settings: Settings) -> list[Diagnostic]:
    """The findings that the settings leave, each once."""
    wanted = (configured(entry, settings) for entry in diagnostics)
    return list(dict.fromkeys(entry for entry in wanted if entry is not None))


def _offering(finding: Diagnostic, files: Files, reference: tuple[str, ...]) -> Diagnostic:
    """The finding without a fix that would have to change the reference, or what is no text on disk."""
    fix = finding.fix
    return finding if fix is None or is_applicable(fix, files, reference) else replace(finding, fix=None)


def _unknown(comparison: Comparison) -> list[NotChecked]:
    """What of either program could not be followed, and what of both could not be compared."""
    unknown = (
        *comparison.reference.unfollowed,
        *comparison.candidate.unfollowed,
        *comparison.not_checked,
    )
    return [NotChecked(entry.reason, entry.span) for entry in dict.fromkeys(unknown)]


def _outcome(
    findings: Sequence[Diagnostic],
    purposes: dict[Diagnostic, Intention],
    not_checked: Sequence[NotChecked],
    files: Files,
) -> Outcome:
    ordered = sorted(findings, key=lambda entry: (entry.span, entry.code, entry.message))
    names = fingerprints(ordered, lambda file, line: line_of(files, file, line))
    reported = [
        Reported(entry, entry in purposes or _is_silenced(entry, files), name, purposes.get(entry))
        for entry, name in zip(ordered, names, strict=True)
    ]
    unchecked = sorted(not_checked, key=lambda entry: (entry.span, entry.reason))
    return Outcome((), tuple(reported), tuple(unchecked), files.files_read, 0.0)


def _is_silenced(finding: Diagnostic, files: Files) -> bool:
    """Whether an `ignore` comment stands over the place in the candidate, as it would in a check."""
    source = files.shown(finding.span.file)
    return source is not None and covering(finding, suppressions(source).found) is not None


def aligned(comparison: Comparison) -> Aligned:
    """What answers to what in the two programs."""
    effects = len(comparison.pairs), len(comparison.lost), len(comparison.added)
    return Aligned(
        effects,
        tuple(_pair(ours, theirs) for ours, theirs in comparison.definitions),
        tuple(_pair(ours, theirs) for ours, theirs in comparison.options),
    )


def _pair(reference: Definition | Option | None, candidate: Definition | Option | None) -> PlacePair:
    return _place(reference), _place(candidate)


def _place(entry: Definition | Option | None) -> PlaceResult | None:
    return PlaceResult(entry.name, entry.span.file, entry.span.line) if entry is not None else None
