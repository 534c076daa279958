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
    if not theirs:
        yield from _not_attached(comparison, mine)
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


def _not_attached(comparison: Comparison, mine: tuple[Effect, ...]) -> Iterator[Finding]:
    """A callback that the candidate does not attach, and whose lines nothing else shows there."""
    shown = {effect.text for effect in comparison.candidate.of(Kind.LOG)}
    lost = [effect for effect in mine if effect.text not in shown]
    if len(lost) < len(mine) or comparison.candidate.unfollowed:
        return
    attached = [(pair.reference, pair.candidate.span) for pair in comparison.pairs_of(Kind.CALLBACK)]
    gone = [(effect, comparison.place_of(effect)) for effect in comparison.lost_of(Kind.CALLBACK)]
    for callback, place in (*gone, *attached):
        if any(callback.span in effect.calls for effect in lost):
            count = len({effect.span for effect in lost}) - 1
            yield Finding(
                place,
                f"nothing shows what a callback of the reference does: `{lost[0].text}`"
                + (f" and {count} more line{'s' if count > 1 else ''}" if count else ""),
                runtime="nothing of what it tells is in the output of a run",
                help=f"attach the callback of the reference by `{callback.name}`",
                reference=callback.span,
            )
            return


def _place(comparison: Comparison, lost: Effect, partner: Effect | None) -> Span:
    return partner.span if partner is not None else comparison.place_of(lost)


def _told(lost: Effect, partner: Effect | None) -> str:
    here = f", here `{partner.text}`" if partner is not None else ", here nothing"
    return f"the reference prints `{lost.text}`{here}"


def _more(changed: list[Effect]) -> str:
    count = len({effect.span for effect in changed}) - 1
    return f", and {count} more {'line differs' if count == 1 else 'lines differ'}" if count else ""
