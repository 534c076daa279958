"""What runs of two sides came to in, the report of it out: findings of the rules, each at its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from trainlint.diagnostic import Diagnostic, NotChecked
from trainlint.engine.assemble import line_of
from trainlint.engine.isolation import Crash, run_rule
from trainlint.facts.parity import Compared, Divergence, ParityOutcome, Site
from trainlint.parity.sides import Side
from trainlint.report.fingerprint import fingerprints
from trainlint.report.outcome import Outcome, Reported
from trainlint.report.runs import ParityReport
from trainlint.rules.divergences import PARITY_RULES
from trainlint.source import Files, SourceFile, Span

Shown = TypeVar("Shown", Divergence, Compared)


def told(
    outcome: ParityOutcome, reference: Side, candidate: Side, files: Files
) -> tuple[ParityReport, list[Crash]]:
    """The report, and the rules that failed."""
    outcome = _located(outcome, reference, candidate, files)
    start = Span.at(outcome.scripts[1])
    ran = [run_rule(rule, outcome, start) for rule in PARITY_RULES]
    found = [_marked(entry, files) for findings in ran for entry in findings.diagnostics]
    names = fingerprints(found, lambda file, line: line_of(files, file, line))
    reported = tuple(Reported(entry, False, name) for entry, name in zip(found, names, strict=True))
    seconds = sum(run.seconds for run in outcome.runs)
    whole = Outcome((), reported, tuple(_unchecked(outcome)), files.files_read, seconds)
    return ParityReport(outcome, whole), [crash for findings in ran for crash in findings.crashes]


def _located(outcome: ParityOutcome, reference: Side, candidate: Side, files: Files) -> ParityOutcome:
    """The outcome with files as seen from the working directory; those of a run are below its side's root."""
    roots = reference.root, candidate.root
    static = tuple(
        replace(
            entry,
            reference=_seen(entry.reference, roots[0], files),
            candidate=_seen(entry.candidate, roots[1], files),
        )
        for entry in outcome.static
    )
    noise = tuple(replace(entry, site=_seen(entry.site, roots[0], files)) for entry in outcome.noise)
    scripts = files.display(reference.script.resolve()), files.display(candidate.script.resolve())
    return replace(
        outcome,
        divergences=tuple(_at_home(entry, roots, files) for entry in outcome.divergences),
        around=tuple(_at_home(entry, roots, files) for entry in outcome.around),
        noise=noise,
        static=static,
        scripts=scripts,
    )


def _at_home(entry: Shown, roots: tuple[Path, Path], files: Files) -> Shown:
    return replace(
        entry,
        reference_site=_seen(entry.reference_site, roots[0], files),
        candidate_site=_seen(entry.candidate_site, roots[1], files),
    )


def _seen(site: Site | None, root: Path, files: Files) -> Site | None:
    return None if site is None else Site(files.display(root / site.file), site.line)


def _marked(found: Diagnostic, files: Files) -> Diagnostic:
    """A finding whose places are what stands on their lines: a run knows no columns."""
    reference = None if found.reference is None else _line(found.reference, files)
    return replace(found, span=_line(found.span, files), reference=reference)


def _line(span: Span, files: Files) -> Span:
    source = files.read(Path(span.file))
    text = source.line_text(span.line) if isinstance(source, SourceFile) else ""
    if not text.strip():
        return span
    indent = len(text) - len(text.lstrip())
    return Span(span.file, span.line, indent + 1, span.line, len(text.rstrip()) + 1)


def _unchecked(outcome: ParityOutcome) -> Iterator[NotChecked]:
    """What the runs did not compare."""
    for name in outcome.unmatched:
        side, _, parameter = name.partition(": ")
        reason = f"the parameter {parameter} answers to none of the other side"
        yield NotChecked(reason, Span.at(outcome.scripts[side == "candidate"]))
    for note in outcome.notes:
        yield NotChecked(note, Span.at(outcome.scripts[1]))
