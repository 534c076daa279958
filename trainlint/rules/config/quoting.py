"""An override's value in, the word that says it to the shell and to Hydra at once out."""

from __future__ import annotations

import re

from trainlint.regex import regex

_PAIRS = {"]": "[", "}": "{", ")": "("}

#: In Hydra's quoted strings a backslash is plain text unless it stands before a quote or at the end.
_BEFORE_QUOTE = regex(r'(\\*)("|$)')


def quoted_override(key: str, value: str) -> str:
    """One shell word that gives Hydra `value` as a string: single quotes outside, double ones inside."""
    inner = _BEFORE_QUOTE.sub(_escape, value)
    word = f'{key}="{inner}"'
    return "'" + word.replace("'", "'\\''") + "'"


def _escape(found: re.Match[str]) -> str:
    backslashes, quote = found.groups()
    return backslashes * 2 + ('\\"' if quote else "")


def is_balanced(value: str) -> bool:
    """Whether every bracket and brace of a value is closed."""
    open_ones: list[str] = []
    for character in value:
        if character in _PAIRS.values():
            open_ones.append(character)
        elif character in _PAIRS and (not open_ones or open_ones.pop() != _PAIRS[character]):
            return False
    return not open_ones


def is_key(text: str) -> bool:
    """Whether a text can stand in front of the `=` of an override."""
    bare = text.lstrip("+~")
    return bool(bare) and all(character.isalnum() or character in "._-/@$:" for character in bare)
