"""Functions that the candidate never calls in, those that show what only the reference shows out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.parse.python.written import texts_in
from trainlint.rules.base import Finding
from trainlint.source import Span

#: So long a text has to be to be the same one and not just alike.
_TELLING = 8


def showing(comparison: Comparison) -> Iterator[Finding]:
    """New functions of the candidate that nothing names, and that show a text which is shown no more."""
    shown = reversed(comparison.lost_of(Kind.LOG))
    lost = {effect.text: effect for effect in shown if len(effect.text) >= _TELLING}
    for mine, theirs in comparison.definitions if lost else ():
        if mine is not None or theirs is None or theirs.called or theirs.named:
            continue
        gone = next((lost[text] for text in texts_in(theirs.node) if text in lost), None)
        if gone is not None:
            yield _finding(theirs.name.rpartition(".")[2], theirs.head, gone)


def _finding(name: str, place: Span, shown: Effect) -> Finding:
    return Finding(
        place,
        f"`{name}` is defined and never called: the reference shows here what it shows",
        severity=Severity.WARNING,
        runtime="what it shows is missing in the log of a run",
        help=f"call `{name}` where the reference shows it",
        reference=shown.span,
    )
