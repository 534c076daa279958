"""What two programs restore and write for a later run in, what the candidate no longer does out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.checkpoints import (
    continues,
    is_joined,
    is_loaded,
    is_made_of_loaded,
    is_on_signal,
    is_read_elsewhere,
    made_from,
    saved_under,
    written_at,
)
from trainlint.rules.refactor.spelling import listed
from trainlint.source import Span


@difference("TL637", "resume-state-lost", severity=Severity.ERROR, harm=Harm.RESULTS)
def resume_state_lost(comparison: Comparison) -> Iterator[Finding]:
    """A run that goes on, or that is stopped, loses what the reference keeps."""
    yield from _restored(comparison)
    stopped = list(_handled(comparison))
    yield from stopped or _written(comparison)


def _restored(comparison: Comparison) -> Iterator[Finding]:
    """States that only the reference takes from its checkpoint."""
    if is_read_elsewhere(comparison):
        return
    seen, told = set[str](), set[Term]()
    for effect in comparison.lost_of(Kind.RESTORE):
        if effect.doubt is not None or effect.name in seen or not _is_state(effect, comparison):
            continue
        seen.add(effect.name)
        anew = effect.part("object") is None
        made = list(saved_under(effect.name, comparison.candidate)) if anew else []
        if any(part in told for term in made for part in term.walk()):
            # What is computed from a state that is told of already.
            continue
        told.update(made)
        named = f"`{effect.name}`" if effect.name != "state" else "a state"
        yield Finding(
            next(filter(None, (made_from(term, comparison.candidate) for term in made)), None)
            or comparison.place_of(effect),
            f"{named} is no longer restored from the checkpoint",
            runtime="a run that goes on begins with this state as new: it is not the run that was stopped",
            help=f"restore {named} as the reference does",
            reference=effect.span,
        )


def _is_state(effect: Effect, comparison: Comparison) -> bool:
    """Whether what is read is a state of the run: loaded into a thing, or what goes on being saved."""
    if effect.part("object") is not None:
        return True
    theirs = list(saved_under(effect.name, comparison.candidate))
    saved = list(saved_under(effect.name, comparison.reference))
    goes_on = any(continues(term, effect) for term in saved)
    if goes_on:
        return bool(theirs) and not any(map(is_loaded, theirs))
    # What goes from one checkpoint into the next as it is, and is made anew here.
    made = all(term.is_measured and term.is_known and not is_made_of_loaded(term) for term in theirs)
    return effect.part("state") in saved and bool(theirs) and made


def _handled(comparison: Comparison) -> Iterator[Finding]:
    """Signals on which the reference still saves."""
    handled = list(comparison.candidate.of(Kind.SIGNAL))
    known = {name for effect in handled for name in _names(effect)}
    lost = [
        effect
        for effect in comparison.lost_of(Kind.SIGNAL)
        if effect.doubt is None and not known & set(_names(effect))
    ]
    if not lost or any(not any(True for _ in _names(effect)) for effect in handled):
        return
    names = listed(dict.fromkeys(effect.name.rpartition(".")[2] for effect in lost))
    yield Finding(
        _set_at(handled) or comparison.place_of(lost[0]),
        f"{names} is no longer handled" if len(lost) == 1 else f"{names} are no longer handled",
        runtime="a job that the cluster stops ends at once: what came after the last checkpoint is lost",
        help="handle it as the reference does",
        reference=lost[0].span,
    )


def _names(effect: Effect) -> Iterator[object]:
    """The signals that a call is for; a loop over several is a call for each."""
    terms = [term for _, term in effect.parts[:1]]
    return (part.value for term in terms for part in term.walk() if part.sort is Sort.NAME)


def _set_at(handled: Iterable[Effect]) -> Span | None:
    effect = next(iter(handled), None)
    if effect is None:
        return None
    return effect.loops[-1].span if effect.loops else effect.span


def _written(comparison: Comparison) -> Iterator[Finding]:
    """Checkpoints that only the reference writes where it is told to stop."""
    seen = set[Span]()
    for effect in comparison.lost_of(Kind.SAVE):
        place = _asked_at(effect, comparison) or comparison.place_of(effect)
        if effect.doubt or place in seen or not is_on_signal(effect) or is_joined(comparison):
            continue
        seen.add(place)
        yield Finding(
            place,
            "no checkpoint is written where the run is told to stop, as the reference does",
            runtime="a job that the cluster stops loses what it trained since its last checkpoint",
            help="write a checkpoint before the run ends",
            reference=effect.asked or written_at(effect, comparison),
        )


def _asked_at(lost: Effect, comparison: Comparison) -> Span | None:
    """Where the candidate asks what the reference asks before something that was lost."""
    beside = (pair.candidate for pair in comparison.pairs if pair.reference.asked == lost.asked)
    return next((effect.asked for effect in beside if effect.asked is not None), None)
