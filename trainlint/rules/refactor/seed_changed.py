"""The seeds of two programs in, those that are lost, other numbers or set too late out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, lost, when
from trainlint.rules.refactor.ranks import asks_rank
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_ALIKE = "all processes draw the same batches and dropout: N processes see the data that one would"
_OTHER = "random numbers are others from then on: weights, batches and dropout are not those of the reference"


@difference("TL630", "seed-changed", severity=Severity.WARNING, harm=Harm.RESULTS)
def seed_changed(comparison: Comparison) -> Iterator[Finding]:
    """Random numbers come from another seed, or from none."""
    gone = {(effect.name, effect.parts): effect for effect in reversed(lost(comparison, Kind.SEED))}
    for effect in gone.values():
        if not _is_covered(comparison, effect):
            yield Finding(
                comparison.place_of(effect),
                f"`{_last(effect)}` is not called any more: no seed is set here",
                runtime="random numbers are others in each run: no run can be repeated",
                help=f"set the seed, `{spelled(next((term for _, term in effect.parts), None))}`",
                reference=effect.span,
            )
    yield from _others(comparison)
    yield from _too_late(comparison)


def _others(comparison: Comparison) -> Iterator[Finding]:
    """Other numbers; generators that one function seeds alike are told of together."""
    alike: dict[tuple[object, ...], tuple[Difference, list[Pair]]] = {}
    for pair in comparison.pairs_of(Kind.SEED):
        found = certain(pair, "seed", "0", "condition")
        if found is not None:
            key = found.part == "condition", found.reference, found.candidate, pair.candidate.inside
            alike.setdefault(key, (found, []))[1].append(pair)
    told = set[Term | None]()
    for first, pairs in alike.values():
        told.add(first.candidate)
        yield _changed(comparison, pairs, first)
    for pair in comparison.pairs_of(Kind.TRAINER):
        # What a trainer of a library takes is often set by itself before: that is told of.
        found = certain(pair, "seed")
        if found is not None and found.candidate not in told:
            told.add(found.candidate)
            yield _changed(comparison, [pair], found)


def _changed(comparison: Comparison, pairs: Sequence[Pair], found: Difference) -> Finding:
    pair = pairs[0]
    place, reference = _source(comparison, found) or (pair.candidate.span, pair.reference.span)
    is_number = found.part != "condition"
    alike = is_number and asks_rank(found.reference) and not asks_rank(found.candidate)
    return Finding(
        place,
        f"{_called(pairs, is_number=is_number)} "
        f"`{spelled(found.candidate)}`, "
        f"in the reference `{spelled(found.reference)}`",
        severity=Severity.ERROR if alike else None,
        runtime=_ALIKE if alike else f"{_OTHER}{when(found)}",
        help="set the seed as the reference does",
        reference=reference,
    )


def _too_late(comparison: Comparison) -> Iterator[Finding]:
    """A seed that is set before the model is made, and behind it in the candidate."""
    models = comparison.pairs_of(Kind.MODEL)
    for pair in comparison.pairs_of(Kind.SEED):
        if "." in pair.reference.name and any(_swapped(pair, model) for model in models):
            yield Finding(
                pair.candidate.span,
                "the seed is set behind the model: in the reference before it",
                runtime="the weights that a run begins with are others each time",
                help="set the seed before the model is made",
                reference=pair.reference.span,
            )
            return


def _swapped(seed: Pair, model: Pair) -> bool:
    before = seed.reference.order < model.reference.order
    return before and seed.candidate.order > model.candidate.order


def _is_covered(comparison: Comparison, effect: Effect) -> bool:
    """Whether another call seeds the same numbers: `torch.manual_seed` seeds those of all devices."""
    if comparison.added_of(Kind.SEED):
        return True
    kept = {other.name for other in comparison.candidate.of(Kind.SEED)}
    return effect.name.startswith(("torch.cuda.", "torch.mps.")) and "torch.manual_seed" in kept


def _source(comparison: Comparison, found: Difference) -> tuple[Span, Span] | None:
    """Where a seed comes from that a library's trainer gets, too: the option of the candidate."""
    trainers = [(pair, certain(pair, "seed")) for pair in comparison.pairs_of(Kind.TRAINER)]
    for pair, other in trainers:
        if other is not None and other.candidate is found.candidate and other.candidate is not None:
            options = (option for _, option in comparison.options if option is not None)
            place = next((option.span for option in options if option.name == other.candidate.value), None)
            return place or pair.candidate.span, pair.reference.span
    return None


def _called(pairs: Sequence[Pair], *, is_number: bool) -> str:
    *names, last = dict.fromkeys(f"`{_last(pair.candidate)}`" for pair in pairs)
    if not names:
        return f"{last} {'gets' if is_number else 'is called under'}"
    return f"{', '.join(names)} and {last} {'get' if is_number else 'are called under'}"


def _last(effect: Effect) -> str:
    return effect.name.rpartition(".")[2]
