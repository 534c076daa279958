"""The number of values that an argument takes in, how many of the tokens that follow are its values out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from trainlint.facts.arguments import ANY_NUMBER, COMMAND, ONE_OR_MORE, OPTIONAL, REMAINDER, Argument
from trainlint.facts.value import Unknown

#: The letters of a pattern: an option, a value, `--`, and what may be any number of either.
OPTION, VALUE, DASHES, LOOSE = "O", "A", "-", "X"

_POSITIONAL = {
    None: "(-*A-*)",
    OPTIONAL: "(-*A?-*)",
    ANY_NUMBER: "(-*[A-]*)",
    ONE_OR_MORE: "(-*A[A-]*)",
    REMAINDER: "([-AOX]*)",
    COMMAND: "(-*A[-AOX]*)",
}
#: A loose token behind an option is one value, or all that an option with many values is given.
_OPTION = {
    None: "([AX])",
    OPTIONAL: "([AX]?)",
    ANY_NUMBER: "([AX]*)",
    ONE_OR_MORE: "([AX]+)",
    REMAINDER: "([AOX]*)",
    COMMAND: "([AX][AOX]*)",
}


def option_values(argument: Argument, pattern: str) -> int | None:
    """How many tokens behind an option are its values, None when they are too few."""
    found = re.match(_of_option(_plain(argument)), pattern)
    return len(found.group(1)) if found is not None else None


def positional_values(positionals: Sequence[Argument], pattern: str) -> list[int]:
    """How many tokens each positional takes, for as many of them as find theirs."""
    for count in range(len(positionals), 0, -1):
        wanted = "".join(_of_positional(_plain(argument)) for argument in positionals[:count])
        found = re.match(wanted, pattern)
        if found is not None:
            return [len(group) for group in found.groups()]
    return []


def _plain(argument: Argument) -> int | str | None:
    """`nargs`, where an unknown number is any number."""
    return ANY_NUMBER if isinstance(argument.nargs, Unknown) else argument.nargs


@cache
def _of_option(count: int | str | None) -> str:
    return f"([AX]{{{count}}})" if isinstance(count, int) else _OPTION[count]


@cache
def _of_positional(count: int | str | None) -> str:
    return f"(-*{'-*'.join('A' * count)}-*)" if isinstance(count, int) else _POSITIONAL[count]
