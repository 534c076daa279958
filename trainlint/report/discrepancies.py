"""A comparison of two programs in, a discrepancy report in Markdown with the tasks that mend it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Confidence, Diagnostic, Harm, Severity
from trainlint.record import record
from trainlint.report.clean import one_line
from trainlint.report.comparison import DiffOutcome, PlaceResult
from trainlint.report.markdown import code, excerpt_block, row
from trainlint.report.order import by_reason
from trainlint.report.outcome import Reported
from trainlint.report.places import counted, said
from trainlint.report.tasks import Section, tasks
from trainlint.source import Files

_FUNCTIONAL = (Harm.RESULTS, Harm.REPORTS)
_NONE = "no counterpart"


@record
class _Numbered:
    """The findings of the report in the order of its sections, each with its number."""

    functional: tuple[Section, ...]
    minor: tuple[Section, ...]


def render(outcome: DiffOutcome, files: Files) -> str:
    """The whole report: summary, structure, what matters, what matters less, tasks, what is left open."""
    numbered = _numbered(outcome)
    reference, candidate = (code(name) for name in (" + ".join(outcome.reference), outcome.candidate))
    parts = [
        f"# Discrepancy report: {candidate} against {reference}",
        *_summary(outcome),
        *_structure(outcome),
        *_sections("## 3. Functional discrepancies", numbered.functional, files),
        *_sections("## 4. Minor discrepancies", numbered.minor, files),
        *tasks((*numbered.functional, *numbered.minor), outcome, files),
        *_intended(outcome.intended()),
        *_unchecked(outcome),
    ]
    return "\n\n".join(parts) + "\n"


def _numbered(outcome: DiffOutcome) -> _Numbered:
    functional: list[Diagnostic] = []
    minor: list[Diagnostic] = []
    for harm, entries in outcome.by_harm():
        for entry in entries:
            found = entry.diagnostic
            matters = harm in _FUNCTIONAL and found.severity is not Severity.INFO
            (functional if matters else minor).append(found)
    return _Numbered(
        tuple(Section(f"3.{number}", found) for number, found in enumerate(functional, 1)),
        tuple(Section(f"4.{number}", found) for number, found in enumerate(minor, 1)),
    )


def _summary(outcome: DiffOutcome) -> Iterator[str]:
    yield "## 1. Summary"
    groups = list(outcome.by_harm())
    if groups:
        lines = [row("what it does to a run", "errors", "warnings", "notes"), "|---|---|---|---|"]
        for harm, entries in groups:
            lines.append(row(harm.value, *(str(_count(entries, severity)) for severity in Severity)))
        yield "\n".join(lines)
    else:
        yield "No difference in behaviour was found."
    paired, lost, added = outcome.aligned.effects
    told = [
        f"{counted(paired, 'effect', 'effects')} of the two programs answer to one another, {lost} only the "
        f"reference has, {added} only the candidate."
    ]
    meant, open_ = len(outcome.intended()), len(by_reason(outcome.found))
    told += [f"{counted(meant, 'difference is', 'differences are')} meant (section 6)."] if meant else []
    told += [f"{counted(open_, 'thing', 'things')} could not be compared (section 7)."] if open_ else []
    yield " ".join(told)


def _count(entries: Sequence[Reported], severity: Severity) -> int:
    return sum(entry.diagnostic.severity is severity for entry in entries)


def _structure(outcome: DiffOutcome) -> Iterator[str]:
    """What each definition of the reference has become, and what is new, file by file."""
    yield "## 2. Structure"
    pairs = outcome.aligned.definitions
    kept = [row(_place(one), _place(other)) for one, other in pairs if one is not None]
    if kept:
        yield "\n".join([row("in the reference", "in the candidate"), "|---|---|", *kept])
    added: dict[str, list[str]] = {}
    for one, other in pairs:
        if one is None and other is not None:
            added.setdefault(other.file, []).append(code(other.name))
    if added:
        yield "Only in the candidate:"
        yield "\n".join(f"- {code(file)}: {', '.join(names)}" for file, names in added.items())
    if not pairs:
        yield "Neither program defines functions or classes."


def _place(place: PlaceResult | None) -> str:
    return _NONE if place is None else f"{code(place.name)} {one_line(place.file)}:{place.line}"


def _sections(title: str, sections: Sequence[Section], files: Files) -> Iterator[str]:
    yield title
    if not sections:
        yield "None."
    for section in sections:
        yield from _section(section, files)


def _section(section: Section, files: Files) -> Iterator[str]:
    found = section.finding
    yield f"### {section.number} {found.code} {found.name}"
    doubt = ", low confidence" if found.confidence is Confidence.LOW else ""
    yield f"{one_line(found.message)} ({found.severity.value}{doubt})"
    for title, span in (("Reference", found.reference), ("Candidate", found.span)):
        if span is not None:
            yield f"**{title}:** {code(str(span))}"
            yield from excerpt_block(span, files)
    if found.runtime:
        yield f"**In a run:** {one_line(found.runtime)}"


def _intended(entries: Sequence[Reported]) -> Iterator[str]:
    if not entries:
        return
    yield "## 6. Differences on purpose"
    lines = []
    for entry in entries:
        found, meant = entry.diagnostic, entry.intended
        why = f": {one_line(meant.reason)}" if meant and meant.reason else ""
        where = code(str(meant.span)) if meant else ""
        lines.append(
            f"- {found.code} {code(str(found.span))} {one_line(found.message)} (said at {where}{why})"
        )
    yield "\n".join(lines)


def _unchecked(outcome: DiffOutcome) -> Iterator[str]:
    groups = by_reason(outcome.found)
    if groups:
        yield "## 7. Not checked"
        yield "\n".join(f"- {one_line(said(reason, spans))}" for reason, spans in groups)
