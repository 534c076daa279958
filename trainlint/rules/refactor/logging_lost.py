"""Logged values of two programs in, those that the candidate shows nowhere out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.callbacks import shown_by_callbacks
from trainlint.rules.refactor.changes import lost
from trainlint.rules.refactor.checkpoints import is_on_signal
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL639", "logging-lost", severity=Severity.INFO, harm=Harm.FEATURES)
def logging_lost(comparison: Comparison) -> Iterator[Finding]:
    """The reference shows something that the candidate does not."""
    seen, shown = set[Span](), dict[tuple[str, str], str]()
    told = set(shown_by_callbacks(comparison.reference))
    for effect in lost(comparison, Kind.LOG):
        if effect.span in seen or effect in told or not _is_lost(effect, comparison):
            continue
        seen.add(effect.span)
        # Scripts that were merged show the same, each with a line of its own.
        if shown.setdefault((effect.name, effect.text), effect.span.file) != effect.span.file:
            continue
        yield Finding(
            comparison.place_of(effect),
            f"{_named(effect)} is no longer shown",
            runtime="it is missing in the log of a run",
            help="show it as the reference does",
            reference=effect.span,
        )


def _is_lost(effect: Effect, comparison: Comparison) -> bool:
    """Whether the candidate shows no value of this kind under any name."""
    value = effect.part("value")
    if value is None or value.sort is Sort.CONSTANT or effect.doubt is not None or is_on_signal(effect):
        return False
    shown = comparison.candidate.of(Kind.LOG, Kind.FILE)
    if any(value in term.walk() for other in shown for _, term in other.parts):
        return False
    # The same value may have another form there.
    return not any(effect.name == other.name for other in comparison.added_of(Kind.LOG))


def _named(effect: Effect) -> str:
    value = effect.part("value")
    if effect.name or value is None:
        return f"`{effect.name}`"
    text = spelled(value)
    return f"`{text}`" if "…" not in text else "a value"
