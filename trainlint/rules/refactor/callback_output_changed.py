"""The callbacks of two programs in, those that show something else out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.callbacks import shown_by_callbacks
from trainlint.source import Span


@difference("TL609", "callback-output-changed", severity=Severity.WARNING, harm=Harm.REPORTS)
def callback_output_changed(comparison: Comparison) -> Iterator[Finding]:
    """A callback shows other lines than that of the reference."""
    mine = shown_by_callbacks(comparison.reference)
    theirs = shown_by_callbacks(comparison.candidate)
    partners = {id(pair.reference): pair.candidate for pair in comparison.pairs_of(Kind.LOG)}
    texts = {effect.text for effect in theirs}
    changed = [effect for effect in mine if effect.text not in texts]
    if not theirs or not changed:
        return
    first = changed[0]
    partner = partners.get(id(first))
    yield Finding(
        _place(comparison, first, partner),
        f"a callback shows other lines: {_told(first, partner)}{_more(changed)}",
        runtime="what a run prints cannot be compared with runs of the reference; tools that read it miss it",
        help="print the lines of the reference, letter by letter",
        reference=first.span,
    )


def _place(comparison: Comparison, lost: Effect, partner: Effect | None) -> Span:
    return partner.span if partner is not None else comparison.place_of(lost)


def _told(lost: Effect, partner: Effect | None) -> str:
    here = f", here `{partner.text}`" if partner is not None else ", here nothing"
    return f"the reference prints `{lost.text}`{here}"


def _more(changed: list[Effect]) -> str:
    count = len({effect.span for effect in changed}) - 1
    return f", and {count} more {'line differs' if count == 1 else 'lines differ'}" if count else ""
