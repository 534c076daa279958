"""Text of any origin in, text that can neither break a line nor drive a terminal out."""

from __future__ import annotations

import re

from trainlint.regex import regex

# Controls, line and paragraph separators, bidirectional overrides, and bytes of a name that are no text.
_UNPRINTABLE = regex("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text on one line: line ends become spaces, what cannot be printed becomes its escape."""
    folded = " ".join(part.strip() for part in text.splitlines()) if "\n" in text or "\r" in text else text
    return printable(folded)


def printable(text: str) -> str:
    """The text with every character that a terminal would act on written as its escape."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
