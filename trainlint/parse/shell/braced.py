"""The inside of `${…}` in, which parameter it names and what is done to it out."""

from __future__ import annotations

import re

from trainlint.parse.shell.closing import closing_bracket
from trainlint.parse.shell.pieces import Parameter, Stretch
from trainlint.regex import regex

_LENGTH = regex(r"#(?=(?:[A-Za-z_]\w*|\d+|[@*#?$!\-])(?:\[|\}))", re.ASCII)
_INDIRECT = regex(r"!(?=[A-Za-z_]|\d)")
_NAME = regex(r"[A-Za-z_]\w*|\d+|[@*#?$!\-]", re.ASCII)
_OPERATOR = regex(r":?[-=+?]|%%?|##?|/[/#%]?|\^\^?|,,?|@|:")


def braced(text: str, start: int, end: int, quoted: bool) -> Parameter | None:
    """The parameter written from `start` (its `$`) to `end`; None when it is none that bash knows."""
    close = end - 1
    position = start + 2
    prefix = _LENGTH.match(text, position, end) or _INDIRECT.match(text, position, close)
    if prefix:
        position = prefix.end()
    name = _NAME.match(text, position, close)
    if name is None:
        return None
    position = name.end()
    subscript = None
    if text.startswith("[", position) and (name.group()[0].isalpha() or name.group()[0] == "_"):
        bracket = closing_bracket(text, position + 1, close)
        if bracket < 0:
            return None
        subscript = Stretch(position + 1, bracket)
        position = bracket + 1
    operator = _OPERATOR.match(text, position, close)
    if operator is None and position != close:
        return None
    operand = Stretch(operator.end() if operator else close, close)
    found = Parameter(
        name.group(),
        prefix.group() if prefix else "",
        subscript,
        operator.group() if operator else "",
        operand,
        quoted,
        start,
        end,
    )
    return found if _is_known(found) else None


def _is_known(found: Parameter) -> bool:
    """A length takes no operator, and `${!name*}`, `${!name@}` and `${name@Q}` are left to the shell."""
    if found.operator == "@":
        return False
    return found.prefix != "#" or not found.operator
