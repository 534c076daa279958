"""Shell text in, the words and places of its commands out."""

from __future__ import annotations

from pathlib import Path

from trainlint.facts.launch import Word
from trainlint.facts.value import Known
from trainlint.parse.shell.commands import run
from trainlint.parse.shell.outputs import simple_output
from trainlint.parse.shell.scanner import scan
from trainlint.parse.shell.state import Shell
from trainlint.parse.shell.text import FileText
from trainlint.source import Files, SourceFile, Span

PROJECT = Path("/project")


def shell_in(folder: Path = PROJECT) -> Shell:
    """A shell that knows only its folder."""
    return Shell(Files(folder), Known(folder, Span.at("run.sh")), output=simple_output)


def words_of(text: str, shell: Shell | None = None) -> list[Word]:
    """The words of the last command of a text, without its name."""
    source = FileText(SourceFile(PROJECT / "run.sh", "run.sh", text))
    started, problems = run(shell or shell_in(), source, scan(source, 0, len(text)).tokens)
    assert not problems
    return list(started[-1].command.words[1:])


def texts_of(text: str, shell: Shell | None = None) -> list[str]:
    """The same as text; `?` for a word that is not known, `?*` for any number of them."""
    return [_shown(word) for word in words_of(text, shell)]


def _shown(word: Word) -> str:
    text = word.text
    if isinstance(text, Known):
        return text.value
    return "?*" if word.splits else "?"
