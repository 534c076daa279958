"""Findings in, names for them out that stay the same when lines move or messages are reworded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from trainlint.diagnostic import Diagnostic

#: A file as shown and a line from 1 to the text of that line, empty when there is none.
LineText = Callable[[str, int], str]


def fingerprints(found: Sequence[Diagnostic], line_text: LineText) -> tuple[str, ...]:
    """One name each, in the order given, which has to be stable: equal lines are told apart by rank.

    A name is made of the code, the file, the text of the line without its spacing, and how many
    findings before it agree in all three; neither the message nor the line's number goes in.
    """
    seen: Counter[str] = Counter()
    names = []
    for diagnostic in found:
        text = " ".join(line_text(diagnostic.span.file, diagnostic.span.line).split())
        content = "\0".join((diagnostic.code, diagnostic.span.file, text))
        names.append(_digest(f"{content}\0{seen[content]}"))
        seen[content] += 1
    return tuple(names)


def _digest(content: str) -> str:
    from hashlib import sha256  # links OpenSSL: 5 ms that a run without findings need not pay

    return sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
