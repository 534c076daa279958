"""A stream and the environment in, what can be drawn on it out; and the drawing itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import TextIO

from trainlint.record import record
from trainlint.report.layout import Line

_ASCII = str.maketrans({"│": "|", "←": "<-", "→": "->", "…": "...", "✓": "+", "✗": "x", "`": "`"})
_NARROWEST = 40


@record
class Page:
    """Where a report is written: its width in columns (None: no right edge) and whether colour is wanted."""

    width: int | None = None
    colour: bool = False


def page_for(stream: TextIO, environment: Mapping[str, str]) -> Page:
    """A terminal has a width and, unless it is dumb or `NO_COLOR` is set, colour; anything else has neither.

    `FORCE_COLOR` gives colour to what is no terminal.
    """
    terminal = stream.isatty()
    width = max(_NARROWEST, shutil.get_terminal_size().columns) if terminal else None
    if environment.get("NO_COLOR"):
        return Page(width)
    forced = environment.get("FORCE_COLOR", "") not in ("", "0")
    return Page(width, forced or (terminal and environment.get("TERM") != "dumb"))


def encodable(text: str, encoding: str | None) -> str:
    """The text with signs that the stream can carry; what it cannot is written as an escape."""
    encoding = encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain_signs = text.translate(_ASCII)
        return plain_signs.encode(encoding, "backslashreplace").decode(encoding)
    return text


def drawn(lines: Sequence[Line]) -> str:
    """The lines with the colours of their roles."""
    from io import StringIO

    from rich.console import Console  # 37 ms that only a report in colour has to pay
    from rich.text import Text

    page = StringIO()
    console = Console(file=page, force_terminal=True, soft_wrap=True, highlight=False, legacy_windows=False)
    for line in lines:
        console.print(Text.assemble(*((text, role.value) for text, role in line)))
    return page.getvalue()
