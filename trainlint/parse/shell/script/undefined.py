"""What a script read and set in, the variables that nothing sets but that a launch is made of out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from trainlint.facts.launch import UndefinedVariable
from trainlint.facts.value import Unknown
from trainlint.parse.shell.script.environment import is_conventional
from trainlint.parse.shell.script.evaluation import Start
from trainlint.parse.shell.state import Reading
from trainlint.source import Files, SourceFile, Span

_NEAR = 0.8
#: Texts beside a script that may say what it is started with.
_BESIDE = re.compile(
    r".*\.(?:sh|bash|sbatch|slurm|env|md|rst|ya?ml|toml|py|mk)\Z|(?:.*[Mm]ake|[Jj]ust|Docker)file.*|\.env.*"
)
#: How a script shows that it expects a variable: a default, a test, a word on how to call it.
_ASKED = (
    r"\$\{{#?{0}(?:\[[^\]]*\])?:?[-=?+]",
    r"-[znv] +[\"']?(?:\$\{{?)?{0}\b",
    r"(?<![\w.-]){0}=",
    r"\[\[? +\"?\$\{{?{0}\b",
    r"\bcase +\"?\$\{{?{0}\b",
    r"\b(?:read|export|getopts|declare|local)\b[^\n]*\b{0}\b",
    r"^[ \t]*#.*\b{0}\b",
)
_SCRIPTS = (".sh", ".bash", ".sbatch", ".slurm")
_MANY = 200


def undefined(
    readings: Sequence[Reading],
    started: Sequence[Start],
    named: frozenset[str],
    source: SourceFile,
    files: Files,
) -> Iterator[UndefinedVariable]:
    """Each variable once, at its first use."""
    reached = _reached(started)
    seen: set[str] = set()
    for reading in readings:
        name = reading.name
        if name in seen or name in named or is_conventional(name):
            continue
        near = _nearest(name, named)
        if (reading.span not in reached and near is None) or _is_asked(name, source.text):
            continue
        seen.add(name)
        if not _set_beside(name, source, files):
            yield UndefinedVariable(name, near, reading.span)


def _reached(started: Iterable[Start]) -> frozenset[Span]:
    """The places of unknown parts of words of launches."""
    return frozenset(
        part.span
        for start in started
        for word in start.command.words
        for part in word.parts
        if isinstance(part, Unknown)
    )


def _nearest(name: str, named: Iterable[str]) -> str | None:
    """The variable that was probably meant: another spelling, not another number at its end."""
    plain = re.sub(r"\d+", "", name)
    candidates = [other for other in named if re.sub(r"\d+", "", other) != plain]
    return next(iter(difflib.get_close_matches(name, candidates, 1, _NEAR)), None)


def _is_asked(name: str, text: str) -> bool:
    """Whether the script shows that it expects the variable: by a default, a test, or how to call it."""
    word = re.escape(name)
    return any(re.search(form.format(word), text, re.MULTILINE) for form in _ASKED)


def _set_beside(name: str, source: SourceFile, files: Files) -> bool:
    """Whether another text of the script's folder, of one above it or of its guides sets the variable.

    What another script sets reaches this one only when it is exported or when that script names this one.
    """
    sets = re.compile(rf"\b{re.escape(name)}\b[\"']?\]?\s*[:=]")
    folders = [source.path.parent, *source.path.parent.parents]
    within = [folder for folder in folders if folder.is_relative_to(files.root)][:4]
    for path in _texts([*within, *(folder / "docs" for folder in within)], files):
        text = files.peek(path) if path != source.path else None
        if text is None or not sets.search(text.text):
            continue
        reaches = source.path.name in text.text or re.search(rf"\bexport\b[^\n]*\b{name}\b", text.text)
        if path.suffix not in _SCRIPTS or reaches:
            return True
    return False


def _texts(folders: Iterable[Path], files: Files) -> list[Path]:
    found = [folder / name for folder in folders for name in files.entries(folder) if _BESIDE.match(name)]
    return found[:_MANY]
