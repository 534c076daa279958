"""Texts with their launches in, the list of launches out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from trainlint.facts.launch import JobFacts, LaunchText
from trainlint.report.clean import one_line
from trainlint.report.places import counted

VERSION = 1


def render(texts: Sequence[LaunchText]) -> str:
    """A line for each launch, then what was not read, then how many there are."""
    jobs = [job for text in texts for job in text.jobs]
    lines = [f"{_places(job)} {one_line(job.text)}" for job in jobs]
    lines += [
        f"{one_line(unknown.span.file)}:{unknown.span.line} not read: {one_line(unknown.reason)}"
        for text in texts
        for unknown in text.unverified
    ]
    files = len({_start(job)[0] for job in jobs})
    total = f"{counted(len(jobs), 'launch', 'launches')} in {counted(files, 'file', 'files')}"
    return "".join(f"{line}\n" for line in [*lines, total])


def render_json(texts: Iterable[LaunchText]) -> str:
    """The same as one JSON object, version 1: additions only."""
    texts = tuple(texts)
    listing = {
        "version": VERSION,
        "launches": [_launch(job) for text in texts for job in text.jobs],
        "not_read": [
            {"reason": unknown.reason, "file": unknown.span.file, "line": unknown.span.line}
            for text in texts
            for unknown in text.unverified
        ],
    }
    return json.dumps(listing, indent=1) + "\n"


def _launch(job: JobFacts) -> dict[str, object]:
    file, line = _start(job)
    return {
        "file": file,
        "line": line,
        "end_line": (*job.via, job.span)[0].end_line,
        "command": job.text,
        "marker": job.marker.value if job.marker is not None else None,
        "form": job.form.value,
        "via": [{"file": span.file, "line": span.line} for span in (*job.via, job.span)[1:]],
    }


def _start(job: JobFacts) -> tuple[str, int]:
    """Where a person starts the launch."""
    span = (*job.via, job.span)[0]
    return span.file, span.line


def _places(job: JobFacts) -> str:
    """`jobs.txt:3 → run.sh:12`: from where a person starts it to the command itself."""
    return " → ".join(f"{one_line(span.file)}:{span.line}" for span in (*job.via, job.span))
