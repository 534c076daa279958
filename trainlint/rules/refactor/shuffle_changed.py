"""The loaders and draws of two programs in, those that give the data in another order out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span

_RUNTIME = {
    "shuffle": "the batches of a run are made of other samples than before",
    "sampler": "another set of samples is drawn, or the same in another order",
    "batch_sampler": "the batches of a run are made of other samples than before",
    "drop_last": "an epoch has another number of batches where the last one is not full",
}
_SHUFFLES = {"shuffle", "randperm", "permutation", "sample", "randint", "choice", "choices"}
#: Calls that may draw, whatever they belong to.
_DRAWS = (*_SHUFFLES, "integers", "multinomial", "random", "rand", "Sampler", "DataLoader")


@difference("TL632", "shuffle-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def shuffle_changed(comparison: Comparison) -> Iterator[Finding]:
    """The training data come in another order, or another choice of them."""
    for pair in comparison.pairs_of(Kind.LOADER):
        for part in _RUNTIME:
            found = pair.difference(part)
            if found is not None and found.certain and not _shards(found):
                yield _loader(pair, found)
    for pair in comparison.pairs_of(Kind.DISTRIBUTED):
        found = pair.difference("0") if pair.reference.name == "set_epoch" else None
        if found is not None and found.certain:
            yield _epoch(pair, found)
    yield from _undrawn(comparison)
    yield from _newly_drawn(comparison)


def _shards(found: Difference) -> bool:
    """Whether it is the sampler that shares data among processes, which is told of as such."""
    sides = filter(None, (found.reference, found.candidate))
    return found.part != "shuffle" and any(
        str(part.value).endswith("DistributedSampler") for side in sides for part in side.walk()
    )


def _loader(pair: Pair, found: Difference) -> Finding:
    lost = found.part == "shuffle" and _is(found.candidate, False)
    return Finding(
        pair.candidate.span,
        f"`{found.part}` is `{spelled(found.candidate)}`: the reference has `{spelled(found.reference)}`",
        severity=Severity.ERROR if lost or found.part.endswith("sampler") else Severity.WARNING,
        runtime="the samples come in the order in which they are stored, the same in each epoch"
        if lost
        else _RUNTIME[found.part],
        help=f"give `{found.part}={spelled(found.reference)}`",
        reference=pair.reference.span,
    )


def _is(term: Term | None, value: bool) -> bool:
    return term is not None and term.sort is Sort.CONSTANT and term.value is value


def _epoch(pair: Pair, found: Difference) -> Finding:
    return Finding(
        pair.candidate.span,
        f"the sampler is told of epoch `{spelled(found.candidate)}`: "
        f"the reference tells it `{spelled(found.reference)}`",
        runtime="the order of an epoch follows from its number: with another number it is another order, "
        "with a constant each epoch has the same",
        help="hand the number of the epoch to `set_epoch`",
        reference=pair.reference.span,
    )


def _undrawn(comparison: Comparison) -> Iterator[Finding]:
    """Draws that only the reference has, where nothing of the candidate may stand in for them."""
    for lost in comparison.lost_of(Kind.DRAW):
        if lost.name.rpartition(".")[2] not in _SHUFFLES or lost.doubt is not None:
            continue
        if not _feeds(lost, comparison.reference) or _may_draw(comparison):
            continue
        yield Finding(
            _instead(comparison) or comparison.place_of(lost),
            f"the data are not drawn at random: the reference calls `{lost.name}`",
            runtime="the samples come in the order in which they are stored",
            help="draw them here as the reference does",
            reference=lost.span,
        )
        return


def _instead(comparison: Comparison) -> Span | None:
    """Where the candidate computes which data it takes."""
    known = {part for term in _inputs(comparison.reference) for part in term.walk()}
    for term in _inputs(comparison.candidate):
        for part in term.walk():
            is_index = part.sort is Sort.CALL and all(inner.value != "[]" for inner in part.walk())
            if is_index and part not in known and part in comparison.candidate.computed:
                return comparison.candidate.computed[part]
    return None


def _newly_drawn(comparison: Comparison) -> Iterator[Finding]:
    """Data that the candidate shuffles and the reference does not."""
    if comparison.lost_of(Kind.DRAW, Kind.LOADER) or comparison.reference.unfollowed:
        return
    for added in comparison.added_of(Kind.DRAW):
        is_shuffle = added.name.rpartition(".")[2] in ("shuffle", "randperm", "permutation")
        if is_shuffle and added.doubt is None and not added.condition:
            yield Finding(
                added.span,
                f"the data are shuffled by `{added.name}`: the reference leaves them in their order",
                severity=Severity.WARNING,
                runtime=_RUNTIME["shuffle"],
                help="leave the data in their order, or make it a setting that is off by default",
                reference=None,
            )


def _feeds(draw: Effect, program: Program) -> bool:
    """Whether what is drawn decides what the network is trained on; a list may be shuffled in place."""
    if draw.name.endswith("shuffle"):
        return True
    return any(draw.name == part.value for term in _inputs(program) for part in term.walk())


def _may_draw(comparison: Comparison) -> bool:
    """Whether what the candidate trains on may be drawn after all."""
    inputs = tuple(_inputs(comparison.candidate))
    return bool(comparison.candidate.unfollowed) or any(
        part.sort is Sort.UNKNOWN or (part.sort is Sort.CALL and str(part.value).endswith(_DRAWS))
        for term in inputs
        for part in term.walk()
    )


def _inputs(program: Program) -> Iterator[Term]:
    for effect in program.of(Kind.FORWARD):
        yield from (term for key, term in effect.parts if key != "model")
