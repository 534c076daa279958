"""`jobs.txt:12` in, the jobs that are written there out."""

from __future__ import annotations

from trainlint.engine.inputs import collect
from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.facts.settings import Settings
from trainlint.source import Files, SourceFile

#: How many lines are listed where there is no job on the one that was asked for.
_LISTED = 10


class NoJobError(ValueError):
    """There is no job at a place; the message says what is there, and where jobs are."""


def place_in(text: str) -> tuple[str, int] | None:
    """A file and a line of it, where a text is written like that."""
    path, _, number = text.rpartition(":")
    return (path, int(number)) if path and number.isdecimal() else None


def jobs_at(path: str, line: int, files: Files, settings: Settings) -> tuple[JobFacts, ...]:
    """The programs that a line starts; any line of a job that spans several will do. Raises NoJobError."""
    found = collect([path], files, settings)
    if found.missing:
        raise NoJobError(f"{path}: no such file")
    started = [((*job.via, job.span)[0], job) for text in found.texts for job in text.jobs]
    jobs = tuple(job for place, job in started if place.line <= line <= place.end_line)
    if jobs:
        return jobs
    lines = list(dict.fromkeys(place.line for place, _ in started))
    stand = ", ".join(map(str, lines[:_LISTED])) or "none"
    more = f" and {len(lines) - _LISTED} more" if len(lines) > _LISTED else ""
    what = "".join(_instead(text, line, files) for text in found.texts)
    raise NoJobError(f"{path}: no job on line {line}{what}; jobs stand on lines {stand}{more}")


def _instead(text: LaunchText, line: int, files: Files) -> str:
    """What is on a line that has no job."""
    if any(span.line == line for span in text.comments):
        return ", which is a comment"
    source = files.shown(text.file)
    if isinstance(source, SourceFile) and line > len(source.line_starts):
        return f" (the file has {len(source.line_starts)})"
    return ""
