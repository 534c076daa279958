"""An outcome in, the report that a person reads out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from trainlint.report.checklist import VERDICT_ROLES, checklist
from trainlint.report.clean import one_line
from trainlint.report.finding import finding_lines
from trainlint.report.layout import Line, Role, plain, wrapped
from trainlint.report.order import by_reason, shown
from trainlint.report.outcome import LaunchResult, Outcome
from trainlint.report.places import counted, said, verdict_counts
from trainlint.report.terminal import Page, drawn
from trainlint.report.timetable import timetables
from trainlint.source import Files

_REASONS_NAMED = 20


def render(
    outcome: Outcome,
    files: Files,
    page: Page,
    *,
    show_chain: bool = False,
    show_schedules: bool = False,
) -> str:
    """Findings, each launch's checklist and schedules if asked for, what was not checked, the count."""
    lines = [
        *_findings(outcome, files, page.width),
        *(checklist(outcome.launches, page.width) if show_chain else ()),
        *(timetables(outcome.launches, page.width) if show_schedules else ()),
        *unchecked_lines(outcome, page.width),
        _count(outcome),
    ]
    return drawn(lines) if page.colour else plain(lines)


def _findings(outcome: Outcome, files: Files, width: int | None) -> Iterator[Line]:
    concerned: dict[int, list[LaunchResult]] = defaultdict(list)
    for launch in outcome.launches:
        for index in launch.diagnostics:
            concerned[index].append(launch)
    for index, entry in shown(outcome):
        yield from finding_lines(entry.diagnostic, concerned[index], files, width)
        yield ()


def unchecked_lines(outcome: Outcome, width: int | None) -> Iterator[Line]:
    """Each reason once, the most frequent first, with the first places."""
    groups = by_reason(outcome)
    if not groups:
        return
    yield (("not checked", Role.WARNING),)
    for reason, spans in groups[:_REASONS_NAMED]:
        for row, text in enumerate(wrapped(one_line(said(reason, spans)), width and width - 5)):
            yield (("     " if row else "   ", Role.PLAIN), (text, Role.PLAIN))
    if len(groups) > _REASONS_NAMED:
        rest = f"and {len(groups) - _REASONS_NAMED} more reasons; --output-format concise lists all"
        yield (("   ", Role.PLAIN), (rest, Role.QUIET))
    yield ()


def _count(outcome: Outcome) -> Line:
    """`12 launches: 9 passed, 1 failed, 2 unverified`, with what was left out of sight."""
    pieces = [(counted(len(outcome.launches), "launch", "launches"), Role.PLACE)]
    for verdict, words in verdict_counts(outcome):
        pieces.append((": " if len(pieces) == 1 else ", ", Role.PLAIN))
        pieces.append((words, VERDICT_ROLES[verdict]))
    silenced = sum(entry.suppressed for entry in outcome.diagnostics)
    if silenced:
        pieces.append((f"; {counted(silenced, 'finding', 'findings')} suppressed", Role.QUIET))
    return tuple(pieces)
