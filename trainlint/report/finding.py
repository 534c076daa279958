"""One finding in, the lines that explain it to a person out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from trainlint.diagnostic import Confidence, Diagnostic, Note, Severity
from trainlint.regex import regex
from trainlint.report.clean import one_line, printable
from trainlint.report.excerpt import excerpt
from trainlint.report.layout import Line, Role, cells, wrapped
from trainlint.report.outcome import LaunchResult
from trainlint.report.places import places
from trainlint.source import Files, SourceFile, Span

ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.INFO: Role.INFO}

#: Columns of an excerpt, and of what stands beside it, when the page has no width of its own.
_EXCERPT_WIDTH, _MARKED_WIDTH = 100, 140
_LABEL_WIDTH = 15
_OBJECT_LINE = regex(r"\s+(full_key|object_type|reference_type)\b")


def finding_lines(
    found: Diagnostic, launches: Sequence[LaunchResult], files: Files, width: int | None
) -> Iterator[Line]:
    """Head, source line with the message under it, then where it came from, what happens and how to mend it.

    `launches` are those that the finding concerns; `width` None means a page without right edge.
    """
    yield head(found)
    source = files.shown(found.span.file) or _command(found.span, launches)
    if source is not None and source.line_text(found.span.line).strip():
        yield from _source_lines(found, source, width)
    else:
        for text in wrapped(one_line(found.message), width and width - 3):
            yield (("   ", Role.PLAIN), (text, Role.PLAIN))
    for label, text in _details(found, launches, (width or _MARKED_WIDTH) - 3 - _LABEL_WIDTH):
        yield from labelled(label, text, width)


def _command(span: Span, launches: Sequence[LaunchResult]) -> SourceFile | None:
    """The text of a launch that stands in no file: the command itself."""
    for launch in launches:
        if launch.file == span.file and launch.line == 1:
            return SourceFile(Path(launch.file), launch.file, launch.command)
    return None


def head(found: Diagnostic) -> Line:
    """Place, rule and severity."""
    span = found.span
    place = f"{one_line(span.file)}:{span.line}:{span.column}"
    doubt = ", low confidence" if found.confidence is Confidence.LOW else ""
    return (
        (place, Role.PLACE),
        (f" {found.code} {found.name} ", Role.PLAIN),
        (f"({found.severity.value}{doubt})", ROLES[found.severity]),
    )


def _source_lines(found: Diagnostic, source: SourceFile, width: int | None) -> Iterator[Line]:
    span, role = found.span, ROLES[found.severity]
    number = str(span.line).rjust(5)
    gutter = f"{' ' * len(number)} │ "
    room = max(20, (width or _EXCERPT_WIDTH + len(gutter)) - len(gutter))
    line = source.line_text(span.line)
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    part = excerpt(line, span.column - 1, end, room)
    yield ((f"{number} │ ", Role.GUTTER), (part.text, Role.PLAIN))
    marks, message = "^" * part.mark_width, one_line(found.message)
    padding = (gutter + " " * part.mark_at, Role.GUTTER)
    if part.mark_at + part.mark_width + 1 + cells(message) <= (room if width else _MARKED_WIDTH):
        yield (padding, (marks, role), (f" {message}", Role.PLAIN))
        return
    yield (padding, (marks, role))
    for text in wrapped(message, width and room):
        yield ((gutter, Role.GUTTER), (text, Role.PLAIN))


def _details(found: Diagnostic, launches: Sequence[LaunchResult], room: int) -> Iterator[tuple[str, str]]:
    """Labels with their text; a text of several lines is shown as such."""
    if any((note.span.file, note.span.line) != (found.span.file, found.span.line) for note in found.chain):
        yield "composed from", _story(found.chain, room)
    if found.runtime:
        yield "at run time", said_at_run_time(found.runtime)
    if found.help:
        yield "fix", found.help
    others = [launch for launch in launches if not _holds(launch, found.span)]
    if others:
        verb = "stops" if found.severity is Severity.ERROR else "concerns"
        shown = places([(one_line(launch.file), launch.line) for launch in others])
        yield f"also {verb}" if len(others) < len(launches) else verb, shown


def said_at_run_time(text: str) -> str:
    """The words of a run without the lines in which OmegaConf describes its own objects."""
    lines = (line.expandtabs(4).rstrip() for line in text.splitlines() if not _OBJECT_LINE.match(line))
    return "\n".join(line for line in lines if line)


def _story(chain: Sequence[Note], room: int) -> str:
    """The steps on one line, or where they are too many for it, each on its own."""
    steps = [one_line(step(note)) for note in reversed(chain)]
    joined = " ← ".join(steps)
    return joined if cells(joined) <= room else "\n← ".join(steps)


def step(note: Note) -> str:
    """`config/cfg.yaml:12 (arch: etrm)`, without the remark where it only repeats the file's name."""
    repeats = note.message in ("", note.span.file.rsplit("/", 1)[-1].split(".", 1)[0])
    return str(note.span) if repeats else f"{note.span} ({note.message})"


def _holds(launch: LaunchResult, span: Span) -> bool:
    return launch.file == span.file and launch.line <= span.line <= launch.end_line


def labelled(label: str, text: str, width: int | None) -> Iterator[Line]:
    """A label with its text, wrapped beside it."""
    indent = 3 + _LABEL_WIDTH
    rows = (row for line in text.splitlines() for row in wrapped(printable(line), width and width - indent))
    for row in rows:
        yield ((f"   {label.ljust(_LABEL_WIDTH)}", Role.LABEL), (row, Role.PLAIN))
        label = ""
