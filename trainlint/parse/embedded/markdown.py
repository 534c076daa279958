"""A Markdown text in, the launches of its shell blocks out; prose, output and other languages drop out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from trainlint.facts.launch import Form, LaunchText
from trainlint.parse.embedded.document import Document
from trainlint.parse.embedded.markdown_blocks import code_blocks
from trainlint.parse.embedded.prompts import commands, failing
from trainlint.parse.programs import has_launch, may_begin_command
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile

_SHELLS = frozenset(
    """bash sh shell zsh ksh console terminal shell-session shellsession bash-session commandline command
    shellscript slurm""".split()  # noqa: SIM905 - a list of fifteen strings is harder to read
)
#: Languages that say nothing: such a block is read when a line of it is a launch.
_OPEN = frozenset(("", "text", "txt", "plaintext", "plain", "none", "code", "bat", "powershell", "cmd"))
#: Languages in which a line that reads like a command is something else.
_PROGRAMS = frozenset(("python", "python3", "py", "pycon", "ipython", "javascript", "js", "diff", "patch"))
_PREPARES = re.compile(r"cd |(?:export )?[A-Z][A-Z0-9_]*=[\"'$\w/]", re.ASCII)
_LINES_ASKED = 200
SIGN = re.compile(r"\.py\b|\.sh\b|torchrun|accelerate|deepspeed|-m |sbatch|srun|\$[({A-Z_]")


def read_markdown(source: SourceFile, directory: Path, files: Files) -> LaunchText:
    """Every launch that the document tells its reader to type; `directory` is where the reader types."""
    document = Document.of(source, directory, files, Form.MARKDOWN, "taken as an example of another one")
    for block in code_blocks(source.text):
        lines = typed_lines(source, block.language, block.lines)
        if lines:
            document.read_block(lines, failing(source, block.lines, lines))
    return document.launches()


def looks_like(source: SourceFile) -> bool:
    """Whether a document may hold a launch: a cheap look for the signs of one."""
    return SIGN.search(source.text) is not None and any(
        typed_lines(source, block.language, block.lines) for block in code_blocks(source.text)
    )


def typed_lines(
    source: SourceFile, language: str, lines: Sequence[tuple[int, int]]
) -> Sequence[tuple[int, int]]:
    """The lines of a code block that a reader types into a shell; none for a block that is no shell's."""
    if language not in _SHELLS and language not in _OPEN:
        return lines if language not in _PROGRAMS and _holds_only_launches(source, lines) else ()
    prompted = commands(source.text, lines)
    if prompted is not None:
        return prompted
    if language in _SHELLS or _holds_launch(source, lines):
        return lines
    return ()


def _holds_only_launches(source: SourceFile, lines: Sequence[tuple[int, int]]) -> bool:
    """Whether a block that is called another language's holds nothing but launches and comments."""
    text = FileText(source)
    found = continues = False
    for start, end in lines[:_LINES_ASKED]:
        content = source.text[start:end].strip()
        if content and not content.startswith("#") and not continues:
            first = end - len(source.text[start:end].lstrip())
            if not may_begin_command(source.text, first, end):
                return False
            found = has_launch(scan(text, first, end).tokens)
            if not found:
                return False
        continues = content.endswith("\\")
    return found


def _holds_launch(source: SourceFile, lines: Sequence[tuple[int, int]]) -> bool:
    """Whether a line of a block without a language is a launch, enters a folder or sets what launches use."""
    text = FileText(source)
    for start, end in lines[:_LINES_ASKED]:
        while start < end and source.text[start] in " \t":
            start += 1
        if start == end or not may_begin_command(source.text, start, end):
            continue
        if _PREPARES.match(source.text, start, end) or has_launch(scan(text, start, end).tokens):
            return True
    return False
