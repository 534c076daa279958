"""Texts that are the words of one command in, the job out: no shell reads them unless they name one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from trainlint.facts.launch import Command, Form, JobFacts, Word
from trainlint.facts.value import Unknown, Value
from trainlint.parse.embedded.mapped import MappedText
from trainlint.parse.shell.script.jobs import shown
from trainlint.parse.shell.text import HOLE
from trainlint.source import Span

_SHELL = re.compile(r"(?:\S*/)?(?:bash|sh|zsh|dash)\Z")
_TEXT_OPTION = re.compile(r"-[a-z]*c\Z")
_OPTION = re.compile(r"-\S*\Z")


def shell_text(words: Sequence[MappedText]) -> MappedText | None:
    """The text that a shell is given (`bash -c text`); None when the words start no shell with one."""
    if not words or words[0].known is None or not _SHELL.match(words[0].text):
        return None
    for index, word in enumerate(words[1:-1], 1):
        if _TEXT_OPTION.match(word.text):
            return words[index + 1]
        if not _OPTION.match(word.text):
            return None
    return None


def job_of_words(
    texts: Sequence[MappedText], form: Form, directory: Value[Path], environment: Mapping[str, Value[str]]
) -> JobFacts:
    """The job that a program and its arguments are."""
    words = tuple(_word(text) for text in texts)
    first, last = words[0].span, words[-1].span
    span = Span(first.file, first.line, first.column, last.end_line, last.end_column)
    if (last.line, last.column) < (first.line, first.column):
        span = first
    return JobFacts(
        span=span,
        text=shown(words),
        marker=None,
        pid=None,
        command=Command(words, span),
        directory=directory,
        exported=dict(environment),
        form=form,
    )


def _word(text: MappedText) -> Word:
    """One word; its holes are unknown parts."""
    parts: list[str | Unknown] = []
    spans: list[Span] = []
    position = 0
    for offset in [*sorted(text.holes), len(text.text)]:
        if position < offset:
            parts.append(text.text[position:offset])
            spans.append(text.span(position, offset))
        if offset < len(text.text):
            parts.append(text.holes[offset])
            spans.append(text.span(offset, offset + 1))
        position = offset + 1
    whole = text.span(0, len(text.text))
    if not parts:
        parts, spans = [""], [whole]
    raw = text.text
    if HOLE in raw:
        source = text.source
        raw = source.text[
            source.offset(whole.line, whole.column) : source.offset(whole.end_line, whole.end_column)
        ]
    return Word(raw, whole, tuple(parts), tuple(spans))
