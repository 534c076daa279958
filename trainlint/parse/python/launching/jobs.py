"""A program that a launcher starts in, the jobs as the rest of trainlint knows them out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import Command, Form, JobFacts, Word
from trainlint.facts.value import Known, Unknown, Value
from trainlint.parse.embedded.running import starts_training
from trainlint.parse.programs import is_launch_command
from trainlint.parse.python.launching.frame import Run, Start
from trainlint.parse.python.launching.shelltext import TextSource
from trainlint.parse.python.launching.values import Rest
from trainlint.parse.shell.script.evaluate import evaluate
from trainlint.parse.shell.script.jobs import shown
from trainlint.parse.shell.state import Shell, Text, variables_of
from trainlint.parse.shell.text import HOLE, part_text
from trainlint.source import Span

_CODE = re.compile(r"`([^`]*)`")
_SCRIPT = re.compile(r"[\w\0]\.(?:py|sh|slurm|sbatch)\b")
_PROGRAM = re.compile(r"(?:\A|/)(?:python[\d.]*|torchrun|deepspeed)\Z")


def jobs_of(start: Start, run: Run) -> Iterator[JobFacts]:
    """The launches among what one call starts."""
    if start.shell:
        yield from _through_shell(start, run)
        return
    words = tuple(_word(text, run) for text in start.words)
    if may_be_training(words):
        job = _job(words, start, run, start.directory, start.exported)
        if starts_training(job, run.files):
            yield job


def _through_shell(start: Start, run: Run) -> Iterator[JobFacts]:
    first = start.words[0] if start.words else None
    if not isinstance(first, Text):
        return
    source = TextSource(first, start.place)
    shell = Shell(run.files, start.directory, variables_of(start.exported), frozenset(start.exported))
    for begun in evaluate(source, 0, len(source.text), shell).started:
        words = tuple(_as_given(source.with_parts(word)) for word in begun.command.words)
        if may_be_training(words):
            job = _job(words, start, run, begun.directory, begun.exported)
            if starts_training(job, run.files):
                yield job


def _as_given(word: Word) -> Word:
    """A word of a shell's text that shows its unknown parts."""
    if HOLE not in word.raw:
        return word
    raw = "".join(part if isinstance(part, str) else _written(part) for part in word.parts)
    return replace(word, raw=raw)


def _job(
    words: tuple[Word, ...],
    start: Start,
    run: Run,
    directory: Value[Path],
    exported: Mapping[str, Value[str]],
) -> JobFacts:
    text = shown(words).replace(f"{run.directory}/", "")
    place = _entry_place(words, run) or start.place
    command = Command(words, start.place)
    return JobFacts(place, text, None, None, command, directory, exported, form=Form.PYTHON)


def _entry_place(words: tuple[Word, ...], run: Run) -> Span | None:
    """The entry of a table that part of the command is taken from."""
    for span in (span for word in words for span in word.spans):
        entry = run.entry_of(span)
        if entry is not None:
            return entry.span
    return None


def _word(text: Text | Rest, run: Run) -> Word:
    if isinstance(text, Rest):
        return Word(_written(text.unknown), text.span, (text.unknown,), (text.span,), splits=True)
    raw = "".join(part if isinstance(part, str) else _written(part) for part in text.parts)
    place = next((span for span in text.spans if run.entry_of(span) is not None), text.span)
    return Word(raw, place, text.parts, text.spans, splits=text.splits)


def _written(unknown: Unknown) -> str:
    found = _CODE.match(unknown.reason)
    return f"${{{found[1]}}}" if found else "${…}"


def may_be_training(words: tuple[Word, ...]) -> bool:
    """Whether a command names a script or a module, or a program that starts one which is not known."""
    if not is_launch_command(words):
        return False
    texts = [word.text for word in words]
    known = [text.value if isinstance(text, Known) else None for text in texts]
    if any(_SCRIPT.search("".join(map(part_text, word.parts))) for word in words):
        return True
    for text in known[1:]:
        if text is None:
            return _PROGRAM.search(known[0] or "") is not None
        if text == "-m":
            return True
        if not text.startswith("-") or text == "-c":
            return False
    return False
