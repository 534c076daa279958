"""An outcome in, the report that a person reads out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from trainlint.report.checklist import VERDICT_ROLES, checklist
from trainlint.report.clean import one_line
from trainlint.report.finding import finding_lines, places
from trainlint.report.layout import Line, Role, plain, wrapped
from trainlint.report.order import shown, unchecked
from trainlint.report.outcome import LaunchResult, Outcome, Verdict
from trainlint.report.terminal import Page, drawn
from trainlint.source import Files

_WORDS = {
    Verdict.PASS: "passed",
    Verdict.WARN: "warned",
    Verdict.FAIL: "failed",
    Verdict.UNVERIFIED: "unverified",
}
_REASONS_NAMED = 20


def render(outcome: Outcome, files: Files, page: Page, *, show_chain: bool = False) -> str:
    """Findings, each launch's checklist if asked for, what was not checked, and the count of launches."""
    lines = [
        *_findings(outcome, files, page.width),
        *(checklist(outcome.launches, page.width) if show_chain else ()),
        *_unchecked(outcome, page.width),
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


def _unchecked(outcome: Outcome, width: int | None) -> Iterator[Line]:
    """Each reason once, the most frequent first, with the first places."""
    by_reason: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entry in unchecked(outcome):
        by_reason[one_line(entry.reason)].append((one_line(entry.span.file), entry.span.line))
    if not by_reason:
        return
    yield (("not checked", Role.WARNING),)
    ranked = sorted(by_reason.items(), key=lambda group: -len(group[1]))
    for reason, found in ranked[:_REASONS_NAMED]:
        times = f"{len(found)} times: " if len(found) > 1 else ""
        for row, text in enumerate(wrapped(f"{reason} ({times}{places(found)})", width and width - 5)):
            yield (("     " if row else "   ", Role.PLAIN), (text, Role.PLAIN))
    if len(ranked) > _REASONS_NAMED:
        rest = f"and {len(ranked) - _REASONS_NAMED} more reasons; --output-format concise lists all"
        yield (("   ", Role.PLAIN), (rest, Role.QUIET))
    yield ()


def _count(outcome: Outcome) -> Line:
    """`12 launches: 9 passed, 1 failed, 2 unverified`, with what was left out of sight."""
    total, verdicts = len(outcome.launches), outcome.verdicts()
    pieces = [(f"{total} launch{'' if total == 1 else 'es'}", Role.PLACE)]
    for verdict, word in _WORDS.items():
        if verdicts[verdict]:
            pieces.append((": " if len(pieces) == 1 else ", ", Role.PLAIN))
            pieces.append((f"{verdicts[verdict]} {word}", VERDICT_ROLES[verdict]))
    silenced = sum(entry.suppressed for entry in outcome.diagnostics)
    if silenced:
        pieces.append((f"; {silenced} finding{'' if silenced == 1 else 's'} suppressed", Role.QUIET))
    return tuple(pieces)
