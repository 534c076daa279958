"""Places, reasons and counts in, the words for them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.report.outcome import Outcome, Verdict
from trainlint.source import Span

_NAMED = 3
_WORDS = {
    Verdict.PASS: "passed",
    Verdict.WARN: "warned",
    Verdict.FAIL: "failed",
    Verdict.UNVERIFIED: "unverified",
}


def places(found: Sequence[tuple[str, int]]) -> str:
    """`jobs.txt:14, :20, more.txt:3 and 3 more`: the first few, a file named once in a row."""
    named = []
    previous = None
    for file, line in found[:_NAMED]:
        named.append(f":{line}" if file == previous else f"{file}:{line}")
        previous = file
    rest = len(found) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def said(reason: str, spans: Sequence[Span]) -> str:
    """A reason for not checking with where it holds."""
    times = f"{len(spans)} times: " if len(spans) > 1 else ""
    return f"{reason} ({times}{places([(span.file, span.line) for span in spans])})"


def counted(count: int, one: str, many: str) -> str:
    """`1 launch`, `2 launches`."""
    return f"{count} {one if count == 1 else many}"


def verdict_counts(outcome: Outcome) -> Iterator[tuple[Verdict, str]]:
    """`9 passed`, `1 failed`: every verdict that some launch has."""
    verdicts = outcome.verdicts()
    for verdict, word in _WORDS.items():
        if verdicts[verdict]:
            yield verdict, f"{verdicts[verdict]} {word}"


def summary(outcome: Outcome) -> str:
    """`12 launches: 9 passed, 1 failed, 2 unverified`."""
    total = counted(len(outcome.launches), "launch", "launches")
    counts = ", ".join(words for _, words in verdict_counts(outcome))
    return f"{total}: {counts}" if counts else total
