"""The inside of `$'…'` in, its text out."""

from __future__ import annotations

from trainlint.regex import regex

_ESCAPE = regex(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|(c))"
)
_SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}


def decode_ansi_c(text: str) -> str | None:
    """The text with its escapes resolved; None when it holds bytes that are no plain text.

    Control characters, NUL and bytes above ASCII written one by one are left to the shell.
    """
    decoded: list[str] = []
    position = 0
    for match in _ESCAPE.finditer(text):
        simple, octal, hexadecimal, short, long, control = match.groups()
        if control:
            return None
        digits = octal or hexadecimal or short or long
        code = ord(_SIMPLE[simple]) if simple else int(digits, 8 if octal else 16)
        wide = bool(short or long)
        if code == 0 or (code > 127 and not wide) or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return None
        decoded += [text[position : match.start()], chr(code)]
        position = match.end()
    return "".join([*decoded, text[position:]])
