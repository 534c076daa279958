"""What differs between the networks of two programs in, the layers, functions and beginnings of it out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.networks import TIMES, NetworkChange, NetworkPart, Role
from trainlint.facts.terms import Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

#: What happens in a run, by what is changed.
_EFFECTS = {
    Role.INITIAL: "training starts from other weights, and the losses of the first steps say so",
    Role.SHARED: "the two layers learn weights of their own: the model has another number of parameters",
}


@difference("TL641", "model-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def model_changed(comparison: Comparison) -> Iterator[Finding]:
    """A layer, a function or the initial weights of the network are not those of the reference."""
    uncalled = [
        mine.span
        for mine, theirs in comparison.definitions
        if mine is not None and theirs is not None and mine.called and not theirs.called
    ]
    for change in comparison.networks:
        mine, theirs = change.reference, change.candidate
        if (mine is None and comparison.reference.unfollowed) or (
            theirs is None and comparison.candidate.unfollowed
        ):
            continue
        if theirs is None and mine is not None and any(_is_inside(mine.span, whole) for whole in uncalled):
            # A function that is never called is told of where it is defined.
            continue
        yield Finding(
            change.place,
            _told(change),
            runtime=_EFFECTS.get(
                change.role, "another model is trained; checkpoints of the one may not load into the other"
            ),
            help="give the network what the reference gives it",
            reference=_place(mine, change.setting) if mine is not None else None,
        )


def _place(part: NetworkPart, setting: str) -> Span:
    return part.loop if setting == TIMES and part.loop is not None else part.span


def _is_inside(place: Span, whole: Span) -> bool:
    return place.file == whole.file and whole.line <= place.line <= whole.end_line


def _told(change: NetworkChange) -> str:
    mine, theirs = change.reference, change.candidate
    if mine is not None and theirs is not None and change.setting:
        before, after = _value(change.before, change, mine), _value(change.after, change, theirs)
        if change.setting == TIMES:
            return f"a loop that makes layers has {after} turns: the reference has {before}"
        return f"`{change.setting}` of `{theirs.name}` in the network is {after}: the reference has {before}"
    if mine is not None and theirs is not None:
        return f"`{theirs.name}` stands in the network where the reference has `{mine.name}`"
    if mine is not None:
        return f"{_named(mine)} of the reference is not in the network any more"
    assert theirs is not None
    return f"{_named(theirs)} in the network is not in the reference"


def _named(part: NetworkPart) -> str:
    if part.role is Role.SHARED:
        kinds = sorted(str(term.value) for _, term in part.given)
        return f"the `{part.name}` that `{kinds[0]}` and `{kinds[1]}` share"
    return f"`{part.name}`"


def _value(term: Term | None, change: NetworkChange, part: NetworkPart) -> str:
    if term is None:
        return "another value"
    text = str(term.value) if isinstance(term.value, str) else spelled(term)
    shown = f"`{text}`" if "…" not in text else "another value"
    own = part.setting(change.setting) is None and change.setting != TIMES
    return f"{shown}, the library's own" if own else shown
