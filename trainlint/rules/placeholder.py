"""A text in, the parts of it that an example asks people to fill in out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainlint.regex import regex

#: In quotes, `<pad>` or `<im_start>` may be a token of the model: only texts that ask to be filled in count.
_ASKING = "path|your|my|dir|directory|folder|checkpoint|ckpt|todo|insert|fill|here|host"
_BRACKETED = regex(rf"<(?:[A-Za-z0-9.]+[ _/-])*(?:{_ASKING})(?:[ _/-][A-Za-z0-9.]+)*>", re.IGNORECASE)
_CUSTOMARY = regex(
    r"(?:^|(?<=[=\[,'\":\s(]))/?path/to/[\w./-]*|\bYOUR[_-][A-Z][A-Z_-]*\b"
    r"|(?<==)(?:TODO|FIXME|CHANGEME|CHANGE_ME)\Z"
)


#: What every placeholder has a part of: most texts have none.
_SIGNS = regex(r"<|path/to/|YOUR|TODO|FIXME|CHANGE")


def placeholders(text: str) -> Iterator[re.Match[str]]:
    """Every placeholder in a text, those in angle brackets first."""
    if not _SIGNS.search(text):
        return
    yield from _BRACKETED.finditer(text)
    yield from _CUSTOMARY.finditer(text)
