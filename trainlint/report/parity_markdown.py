"""What runs of two programs came to in, a comment for a pull request in Markdown out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Diagnostic
from trainlint.facts.parity import ParityOutcome, Verdict
from trainlint.report.clean import one_line
from trainlint.report.markdown import code, excerpt_block, row
from trainlint.report.order import by_reason
from trainlint.report.parity_words import apart, first_in, headline, when
from trainlint.report.places import said
from trainlint.report.runs import ParityReport
from trainlint.source import Files

_SIGNS = {
    Verdict.EQUAL: "✅",
    Verdict.WITHIN: "✅",
    Verdict.DIVERGED: "❌",
    Verdict.INCONCLUSIVE: "⚠️",
}


def render(report: ParityReport, files: Files) -> str:
    """The verdict, the phases, each finding with both sides' lines, what was not compared, the runs."""
    outcome = report.outcome
    reference, candidate = (code(script) for script in outcome.scripts)
    parts = [
        f"## {_SIGNS[outcome.verdict]} {candidate} against {reference}",
        one_line(headline(outcome)),
        *_phases(outcome),
        *(part for entry in report.found.diagnostics for part in _finding(entry.diagnostic, files)),
        *_unchecked(report),
        *_runs(outcome),
    ]
    return "\n\n".join(parts) + "\n"


def _phases(outcome: ParityOutcome) -> Iterator[str]:
    lines = []
    for phase, fine in outcome.phases:
        first = first_in(outcome, phase)
        if first is not None:
            lines.append(row(f"❌ {phase.value}", when(first), code(first.quantity), apart(first, outcome)))
        elif fine is not None:
            lines.append(row(f"✅ {phase.value}", "", "", ""))
    if lines:
        yield "\n".join([row("phase", "differs first", "in", "distance"), "|---|---|---|---|", *lines])
    absent = ", ".join(phase.value for phase, fine in outcome.phases if fine is None)
    if lines and absent:
        yield f"Not seen in these runs: {absent}."


def _finding(found: Diagnostic, files: Files) -> Iterator[str]:
    yield f"### {found.code} {found.name}"
    yield one_line(found.message)
    for title, span in (("Reference", found.reference), ("Candidate", found.span)):
        if span is not None:
            yield f"**{title}:** {code(str(span))}"
            yield from excerpt_block(span, files)
    if found.runtime:
        yield f"**In a run:** {one_line(found.runtime)}"
    if found.help:
        yield f"**Fix:** {one_line(found.help)}"


def _unchecked(report: ParityReport) -> Iterator[str]:
    groups = by_reason(report.found)
    if groups:
        yield "### Not compared"
        yield "\n".join(f"- {one_line(said(reason, spans))}" for reason, spans in groups)


def _runs(outcome: ParityOutcome) -> Iterator[str]:
    lines = [
        row(
            one_line(run.name),
            code(run.command),
            str(run.steps),
            f"{run.seconds:.1f} s",
            one_line(run.ending),
        )
        for run in outcome.runs
    ]
    if lines:
        yield "\n".join([row("run", "command", "updates", "time", "end"), "|---|---|---|---|---|", *lines])
