"""A program that a shell text starts in, the job that it is out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from trainlint.facts.launch import Form, JobFacts, Word
from trainlint.facts.value import Known
from trainlint.parse.shell.script.evaluation import Start

_PLAIN = re.compile(r"[\w@%+=:,./\-]+\Z", re.ASCII)


def job_of(start: Start, form: Form) -> JobFacts:
    """The job that a started program is."""
    return JobFacts(
        span=start.command.span,
        text=shown(start.command.words),
        marker=None,
        pid=None,
        command=start.command,
        directory=start.directory,
        exported=start.exported,
        form=form,
        via=start.via,
        written=start.written,
        fetches=start.fetches,
    )


def shown(words: Sequence[Word]) -> str:
    """A command as it would be typed; what is not known of a word leaves the word as it is written."""
    return " ".join(_quoted(word.text.value) if isinstance(word.text, Known) else word.raw for word in words)


def _quoted(text: str) -> str:
    return text if _PLAIN.match(text) else shlex.quote(text)
