"""A job list's text in, its jobs with words and places out."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trainlint.facts.launch import (
    COMMENT,
    Command,
    JobFacts,
    LaunchText,
    Marker,
    Swallowed,
    TextProblem,
    Word,
)
from trainlint.facts.value import Known
from trainlint.parse.joblines import Line, extended, lines
from trainlint.parse.programs import (
    changes_shell,
    has_launch,
    is_helper,
    is_launch_command,
    is_sentence,
    may_begin_command,
)
from trainlint.parse.shell.commands import Started, run
from trainlint.parse.shell.outputs import simple_output
from trainlint.parse.shell.pieces import Scan, Token, TokenKind
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell, Text
from trainlint.parse.shell.text import FileText
from trainlint.regex import regex
from trainlint.source import Files, SourceFile, Span

#: What stands in the place of a file for a command given to trainlint itself.
COMMAND_LINE = "<command line>"

_MARKERS = {
    " ": Marker.PENDING,
    "x": Marker.DONE,
    "X": Marker.DONE,
    "-": Marker.RUNNING,
    "!": Marker.FAILED,
}
#: A quote may stay open over this many lines before it counts as never closed.
_OPEN_LINES = 20
_OTHER_TEXT = (
    ".md .rst .py .pyi .yaml .yml .json .jsonl .toml .cfg .ini .sh .bash .slurm .sbatch .ipynb .html "
    ".xml .csv .tsv .log .out .err .lock"
)
_LIST_NAME = regex(r"(?:.*[-_.])?(?:jobs?|queue)(?:[-_.].*)?|.*\.jobs", re.IGNORECASE)


def read_jobs(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every job of a list; `directory` is where the jobs are started."""
    text = FileText(source)
    shell = _shell(source.display, directory, files)
    jobs: list[JobFacts] = []
    comments: list[Span] = []
    done = 0
    for first in lines(text.text):
        if first.start < done:
            continue
        if first.is_comment:
            comments.append(text.span(first.body, first.end))
        elif first.mark is not None or may_begin_command(text.text, first.body, first.end):
            line, scanned = _scanned(text, first)
            done = line.end
            comments += [text.span(token.start, token.end) for token in _comments(scanned.tokens)]
            jobs += _jobs(text, line, scanned, shell)
    return LaunchText(source.display, tuple(jobs), (), tuple(comments))


def looks_like_job_list(source: SourceFile) -> bool:
    """Whether a text found in a folder is a job list: marked commands, or commands in a file named so."""
    if source.path.suffix.lower() in _OTHER_TEXT.split():
        return False
    named = bool(_LIST_NAME.fullmatch(source.path.name))
    text = FileText(source)
    for line in lines(text.text):
        marked = line.mark is not None and line.mark in _MARKERS
        if (marked or named) and not line.is_comment and _starts_program(text, line):
            return True
    return False


def _starts_program(text: FileText, line: Line) -> bool:
    if not may_begin_command(text.text, line.body, line.end):
        return False
    return has_launch(scan(text, line.body, line.end).tokens, line.mark is not None)


def command_source(tokens: Sequence[str], directory: Path) -> SourceFile:
    """The text that a command given as separate words has in messages."""
    return SourceFile(directory / COMMAND_LINE, COMMAND_LINE, shlex.join(tokens))


def read_command(tokens: Sequence[str], directory: Path) -> LaunchText:
    """The one job of a command that a shell has already split into words."""
    source = command_source(tokens, directory)
    whole = source.span(0, len(source.text))
    words, position = [], 0
    for token in tokens:
        raw = shlex.quote(token)
        start, end = position, position + len(raw)
        position = end + 1
        inner = source.span(start + 1, end - 1) if raw == f"'{token}'" else source.span(start, end)
        words.append(Word(raw, source.span(start, end), (token,), (inner,)))
    command = Command(tuple(words), whole)
    job = JobFacts(whole, source.text, None, None, command, Known(directory, whole), {})
    return LaunchText(COMMAND_LINE, (job,) if words else (), ())


def _shell(display: str, directory: Path, files: Files) -> Shell:
    nowhere = Span.at(display)
    # `PYTHONPATH=src:$PYTHONPATH` keeps what the environment has, which names no module of the project
    return Shell(files, Known(directory, nowhere), {"PYTHONPATH": Text.at("", nowhere)}, output=simple_output)


def _scanned(text: FileText, line: Line) -> tuple[Line, Scan]:
    """The tokens of a line; a quote that it leaves open may be closed on one of the next lines."""
    scanned = scan(text, line.body, line.end)
    if scanned.unclosed and has_launch(scanned.tokens):
        for more in range(1, _OPEN_LINES):
            longer = extended(text.text, line, more)
            if longer is None:
                break
            again = scan(text, longer.body, longer.end)
            if not again.unclosed:
                return longer, again
    return line, scanned


def _jobs(text: FileText, line: Line, scanned: Scan, shell: Shell) -> list[JobFacts]:
    """The launches of one line; usually one, none for a line of prose or one that only sets variables.

    Each job is started for itself: what a job's own `cd` or variables do ends with it.
    """
    launches = has_launch(scanned.tokens)
    if not launches and not _readable(text, line, scanned):
        return []
    tokens, hidden = _without_hidden(text, scanned.tokens, line.end)
    own = shell.copy() if launches or line.mark is not None else shell
    started, problems = run(own, text, tokens)
    chosen = [start for start in started if is_launch_command(start.command.words)]
    if not chosen and line.mark is not None:
        chosen = [start for start in started if not is_helper(start.command.words)][:1]
    if hidden and chosen:
        chosen[-1] = _with_swallowed(chosen[-1], hidden)
    problems = [*_mark_problems(text, line), *scanned.problems, *problems]
    return [_job(text, line, start, () if index else problems) for index, start in enumerate(chosen)]


def _readable(text: FileText, line: Line, scanned: Scan) -> bool:
    """Whether a line without a known launcher is a command all the same, and not prose."""
    if scanned.problems or not scanned.tokens or is_sentence(scanned.tokens):
        return False
    first = text.text[line.body]
    return changes_shell(scanned.tokens) or (line.mark in _MARKERS and (first.islower() or first in "./$("))


def _without_hidden(
    text: FileText, tokens: Sequence[Token], end: int
) -> tuple[Sequence[Token], Swallowed | None]:
    """The tokens up to a comment, and what it hides: continued lines below a comment do not continue it."""
    for index, token in enumerate(tokens):
        if token.kind is TokenKind.COMMENT:
            continued = index + 1 < len(tokens)
            stop = end if continued else token.end
            hidden = Swallowed(text.text[token.start : stop], COMMENT, text.span(token.start, stop))
            return tokens[:index], hidden
    return tokens, None


def _with_swallowed(start: Started, hidden: Swallowed) -> Started:
    words = start.command.words
    last = replace(words[-1], swallowed=(*words[-1].swallowed, hidden))
    return replace(start, command=replace(start.command, words=(*words[:-1], last)))


def _job(text: FileText, line: Line, start: Started, problems: Sequence[TextProblem]) -> JobFacts:
    return JobFacts(
        span=text.span(line.start, line.end),
        text=text.text[line.body : line.end],
        marker=_MARKERS.get(line.mark, Marker.PENDING) if line.mark is not None else None,
        pid=line.pid,
        command=start.command,
        directory=start.directory,
        exported=start.exported,
        problems=tuple(problems),
    )


def _mark_problems(text: FileText, line: Line) -> list[TextProblem]:
    problems = []
    if line.runs_on:
        message = "the `\\` at the end of this job joins the next job to it"
        problems.append(TextProblem(message, text.span(line.start, line.end)))
    if line.mark is None or line.mark in _MARKERS:
        return problems
    message = f"`[{line.mark}]` is no marker of a job list; the markers are `[ ]`, `[-]`, `[x]` and `[!]`"
    return [*problems, TextProblem(message, text.span(line.start, text.text.index("]", line.start) + 1))]


def _comments(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.kind is TokenKind.COMMENT]
