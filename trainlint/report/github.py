"""An outcome in, workflow commands out that a GitHub run shows as annotations on the changed files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trainlint.diagnostic import Diagnostic, Severity
from trainlint.report.clean import printable
from trainlint.report.finding import said_at_run_time, step
from trainlint.report.order import by_reason, findings
from trainlint.report.outcome import Outcome
from trainlint.report.places import said, summary
from trainlint.source import Span

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def render(outcome: Outcome) -> str:
    """The commands, and the count of launches for the log."""
    return "".join(f"{line}\n" for line in (*commands(outcome), summary(outcome)))


def commands(outcome: Outcome) -> Iterator[str]:
    """One command a finding and one a reason for not checking."""
    yield from (_finding(found) for found in findings(outcome))
    yield from _unchecked(outcome)


def _finding(found: Diagnostic) -> str:
    story = " ← ".join(step(note) for note in reversed(found.chain))
    runtime = "\n".join(map(printable, said_at_run_time(found.runtime or "").splitlines()))
    reference = str(found.reference or "")
    details = {"reference": reference, "composed from": story, "at run time": runtime, "fix": found.help}
    lines = [found.message, *(f"{label}: {text}" for label, text in details.items() if text)]
    title = f"{found.code} {found.name}"
    return command(_COMMANDS[found.severity], {**_place(found.span), "title": title}, "\n".join(lines))


def _unchecked(outcome: Outcome) -> Iterator[str]:
    for reason, spans in by_reason(outcome):
        where = {"file": spans[0].file, "line": str(spans[0].line), "title": "not checked"}
        yield command("notice", where, said(reason, spans))


def _place(span: Span) -> dict[str, str]:
    """GitHub takes columns only where an annotation starts and ends on one line."""
    place = {"file": span.file, "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:
        place |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column))}
    return place


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """A workflow command with everything escaped that would end its part early."""
    shown = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{name} {shown}::{_escaped(message, _DATA)}"


def _escaped(text: str, escapes: Mapping[int, str]) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8").translate(escapes)
