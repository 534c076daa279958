"""A pattern with its quotes and a text in, whether and where it fits out: `case`, `[[ == ]]`, `${V%…}`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from trainlint.facts.launch import Swallowed
from trainlint.facts.value import Unknown
from trainlint.parse.shell.glob import UnclearPatternError, expression
from trainlint.regex import regex
from trainlint.source import Span

#: No match may take more steps than this; a text and pattern that would are left to the shell.
_MAX_STEPS = 10_000_000
_EXTENDED = regex(r"[?*+@!]\(")


class Cell(NamedTuple):
    """Text of one origin inside a word; an unquoted one is open to file name expansion.

    `swallowed` is what the shell has done to it before.
    """

    text: str | Unknown
    quoted: bool
    span: Span
    swallowed: tuple[Swallowed, ...] = ()


class Pattern(NamedTuple):
    """A compiled pattern and how many `*` it has, which says what it may cost."""

    regex: re.Pattern[str]
    stars: int


def compiled(cells: Sequence[Cell]) -> Pattern:
    """The pattern that a word stands for; raises UnclearPatternError when that is not certain."""
    text, quoted = "", []
    for cell in cells:
        if isinstance(cell.text, Unknown) or (not cell.quoted and "\\" in cell.text):
            raise UnclearPatternError
        text += cell.text
        quoted += [cell.quoted] * len(cell.text)
    marks = tuple(quoted)
    if any(not marks[found.start()] for found in _EXTENDED.finditer(text)):
        raise UnclearPatternError
    stars = sum(char == "*" and not mark for char, mark in zip(text, marks, strict=True))
    return Pattern(re.compile(expression(text, marks), re.DOTALL), stars)


def fits(pattern: Pattern, text: str) -> bool:
    """Whether the pattern fits the whole text."""
    _check(pattern, text)
    return pattern.regex.fullmatch(text) is not None


def prefix_end(pattern: Pattern, text: str, longest: bool) -> int:
    """Where the prefix ends that the pattern fits; 0 when there is none."""
    _check(pattern, text)
    ends = range(len(text), -1, -1) if longest else range(len(text) + 1)
    return next((end for end in ends if pattern.regex.fullmatch(text, 0, end)), 0)


def suffix_start(pattern: Pattern, text: str, longest: bool) -> int:
    """Where the suffix begins that the pattern fits; the end of the text when there is none."""
    _check(pattern, text)
    starts = range(len(text) + 1) if longest else range(len(text), -1, -1)
    return next((start for start in starts if pattern.regex.fullmatch(text, start)), len(text))


def matches(pattern: Pattern, text: str, everywhere: bool) -> list[tuple[int, int]]:
    """The stretches that the pattern fits, the longest at each place: the first, or all."""
    _check(pattern, text)
    if not text:
        return [(0, 0)] if pattern.regex.fullmatch(text) else []
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(text):
        match = pattern.regex.match(text, position)
        if match and match.end() > position:
            found.append(match.span())
            if not everywhere:
                break
            position = match.end()
        else:
            position += 1
    return found


def _check(pattern: Pattern, text: str) -> None:
    if (len(text) + 1) ** (pattern.stars + 1) > _MAX_STEPS:
        raise UnclearPatternError
