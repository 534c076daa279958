"""The functions of two programs in, those that the candidate defines and never calls out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Definition, Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.unreached import showing
from trainlint.source import Span


@difference("TL611", "defined-never-called", severity=Severity.ERROR, harm=Harm.RESULTS)
def defined_never_called(comparison: Comparison) -> Iterator[Finding]:
    """The candidate defines a function that the reference calls, and never calls it."""
    yield from showing(comparison)
    for mine, theirs in comparison.definitions:
        if mine is None or theirs is None or not mine.called or theirs.called or theirs.named:
            continue
        if _last(mine) != _last(theirs) and mine.digest != theirs.digest:
            continue
        if _last(theirs).startswith("__"):
            # Python calls it, for an object that may be made where it was not followed.
            continue
        called = _called_at(comparison, mine)
        yield Finding(
            theirs.head,
            f"`{_last(theirs)}` is defined and never called: the reference calls it",
            severity=Severity.ERROR if called is not None else Severity.WARNING,
            runtime="what it sets up in the reference is not set up, and nothing says so",
            help=f"call `{_last(theirs)}` where the reference does",
            reference=called or mine.taken or mine.head,
        )


def _called_at(comparison: Comparison, entry: Definition) -> Span | None:
    name = _last(entry)
    calls = (effect for effect in comparison.reference.of(Kind.CALL) if effect.name == name)
    return next((effect.span for effect in calls), None)


def _last(entry: Definition) -> str:
    return entry.name.rpartition(".")[2]
