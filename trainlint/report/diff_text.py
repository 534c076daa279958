"""A comparison of two programs in, the report that a person reads out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Diagnostic, Severity
from trainlint.report.clean import one_line
from trainlint.report.comparison import DiffOutcome
from trainlint.report.finding import ROLES, head, labelled, said_at_run_time
from trainlint.report.layout import Line, Role, plain, wrapped
from trainlint.report.outcome import Reported
from trainlint.report.places import counted
from trainlint.report.sides import both_sides
from trainlint.report.terminal import Page, drawn
from trainlint.report.text import unchecked_lines
from trainlint.source import Files

_WORDS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("note", "notes"),
}


def render(outcome: DiffOutcome, files: Files, page: Page) -> str:
    """The findings by what they do to a run, what is meant, what could not be compared, the count."""
    lines = [
        *_groups(outcome, files, page.width),
        *_intended(outcome.intended(), page.width),
        *unchecked_lines(outcome.found, page.width),
        _count(outcome),
        *_fixable(outcome),
    ]
    return drawn(lines) if page.colour else plain(lines)


def count_text(outcome: DiffOutcome) -> str:
    """The last line of the report: how many differences there are."""
    return "".join(text for text, _ in _count(outcome))


def _groups(outcome: DiffOutcome, files: Files, width: int | None) -> Iterator[Line]:
    for harm, entries in outcome.by_harm():
        yield ((harm.value, Role.LABEL),)
        yield ()
        for entry in entries:
            yield from _finding(entry.diagnostic, files, width)
            yield ()


def _finding(found: Diagnostic, files: Files, width: int | None) -> Iterator[Line]:
    yield head(found)
    for text in wrapped(one_line(found.message), width and width - 3):
        yield (("   ", Role.PLAIN), (text, Role.PLAIN))
    yield from both_sides(found.reference, found.span, files, width, ROLES[found.severity])
    if found.runtime:
        yield from labelled("at run time", said_at_run_time(found.runtime), width)
    if found.help:
        yield from labelled("fix", found.help, width)


def _intended(entries: Sequence[Reported], width: int | None) -> Iterator[Line]:
    """One line each: what is meant, where that is said and why."""
    if not entries:
        return
    yield (("intended", Role.GOOD),)
    for entry in entries:
        found, meant = entry.diagnostic, entry.intended
        why = f"{meant.span}: {meant.reason}" if meant and meant.reason else str(meant and meant.span)
        text = f"{found.span} {found.code} {found.message} ({why})"
        for row, part in enumerate(wrapped(one_line(text), width and width - 5)):
            yield (("     " if row else "   ", Role.PLAIN), (part, Role.QUIET))
    yield ()


def _count(outcome: DiffOutcome) -> Line:
    """`train.py → new.py: 2 errors, 1 warning`, with what does not count."""
    names = f"{one_line(' + '.join(outcome.reference))} → {one_line(outcome.candidate)}: "
    severities = outcome.found.severities()
    said = [
        (counted(severities[severity], *_WORDS[severity]), ROLES[severity])
        for severity in Severity
        if severities[severity]
    ]
    pieces: list[tuple[str, Role]] = [(names, Role.PLACE)]
    for words, role in said or [("no difference was found", Role.GOOD)]:
        pieces += [(", ", Role.PLAIN)] if len(pieces) > 1 else []
        pieces.append((words, role))
    meant = len(outcome.intended())
    silenced = sum(entry.suppressed for entry in outcome.found.diagnostics) - meant
    for count, word in ((outcome.fixed, "fixed"), (meant, "intended"), (silenced, "suppressed")):
        pieces += [(f"; {count} {word}", Role.QUIET)] if count else []
    return tuple(pieces)


def _fixable(outcome: DiffOutcome) -> Iterator[Line]:
    """How many of the findings `--fix` would mend."""
    fixes = [entry.diagnostic.fix for entry in outcome.found.diagnostics if not entry.suppressed]
    safe = sum(fix is not None and fix.safe for fix in fixes)
    unsafe = sum(fix is not None and not fix.safe for fix in fixes)
    said = [f"--fix mends {safe}"] if safe else []
    said += [f"--fix --unsafe-fixes mends {safe + unsafe}; read what it changes"] if unsafe else []
    if said:
        yield (("; ".join(said), Role.QUIET),)
