"""The lines of a code block in, the stretches of them that are commands out: prompts and output drop out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trainlint.parse.programs import may_begin_command
from trainlint.source import SourceFile

#: `$ `, `(env) $ `, `user@host:~/dir$ `, `[user@host dir]$ `, `(env)[dir]$ `, `bash-5.1$ `.
_DOLLAR = re.compile(
    r"[ \t]*(?:\([^()\n]+\)[ \t]*)*"
    r"(?:\[[^\[\]\n]*\]|[\w.+-]+@[\w.+-]+(?::[^\s$%#]*)?[ \t]*|(?:ba|z)?sh-?[\d.]*)?[$❯➜][ \t]+(?=\S)"
)
_OTHER = re.compile(r"[ \t]*(?:\([^()\n]+\)[ \t]*)?[>%][ \t]+(?=\S)")
_FAILURE = re.compile(
    r"Error\b|Exception\b|Traceback|\berror:|Could not |No such file|not found|mismatched input|failed\b"
)
_CONTINUED = re.compile(r"[ \t]*>[ \t]?")
_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\[ \t]*\Z")


def commands(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """Start and end of each line that a reader types, None when the block shows no prompts."""
    found: list[tuple[int, int]] = []
    prompted = False
    continues = False
    if _begins_bare(text, lines):
        return _without_prompts(text, lines)
    for start, end in lines:
        if continues:
            again = _CONTINUED.match(text, start, end)
            start = again.end() if again and again.end() <= end else start
        else:
            command = _behind_prompt(text, start, end)
            if command is None:
                continue
            start = command
        prompted = True
        found.append((start, end))
        continues = bool(_BACKSLASH.search(text[start:end]))
    return found if prompted else None


def _begins_bare(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Whether the first command of a block stands there without a prompt: later ones are then no rule."""
    for start, end in lines:
        content = text[start:end].strip()
        if content and not content.startswith("#"):
            if _behind_prompt(text, start, end) is not None:
                return False
            first = end - len(text[start:end].lstrip())
            return may_begin_command(text, first, end)
    return False


def _without_prompts(text: str, lines: Sequence[tuple[int, int]]) -> list[tuple[int, int]] | None:
    """All lines, those with a prompt without it; None when no line has one."""
    starts = [_behind_prompt(text, *line) for line in lines]
    if not any(start is not None for start in starts):
        return None
    return [(line[0] if start is None else start, line[1]) for line, start in zip(lines, starts, strict=True)]


def failing(
    source: SourceFile, lines: Sequence[tuple[int, int]], typed: Sequence[tuple[int, int]]
) -> frozenset[int]:
    """The numbers of typed lines behind which the output of the block shows an error."""
    ends = {end for _, end in typed}
    last: int | None = None
    found = set()
    for start, end in lines:
        if end in ends:
            last = end
        elif last is not None and _FAILURE.search(source.text, start, end):
            found.add(source.position(last)[0])
    return frozenset(found)


def _behind_prompt(text: str, start: int, end: int) -> int | None:
    """Where the command of a line begins that shows a prompt; `>` and `%` count only before a program."""
    if found := _DOLLAR.match(text, start, end):
        return found.end()
    found = _OTHER.match(text, start, end)
    if found is not None and may_begin_command(text, found.end(), end):
        return found.end()
    return None
