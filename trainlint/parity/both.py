"""Runs of two sides in, what they show under common names, and where they part out, out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat

from trainlint.facts.parity import Divergence, Kind, Observation
from trainlint.parity.causes.evidence import evidence, shown
from trainlint.parity.causes.gradients import UNEXCHANGED
from trainlint.parity.causes.table import named
from trainlint.parity.causes.weights import REORDERED
from trainlint.parity.compare import Tolerance, divergences, in_order, shares
from trainlint.parity.drawn import drawn
from trainlint.parity.links import Matching, own_forms
from trainlint.parity.mapping import Given, links_of
from trainlint.parity.match import match
from trainlint.parity.observe import generators, observations
from trainlint.parity.paths import aligned
from trainlint.parity.pieces import Form
from trainlint.parity.ranks import drifts, together
from trainlint.parity.trial import Trial
from trainlint.parity.view import parameters
from trainlint.record import record

#: How many weights change places at least.
_FEWEST = 2


#: What the ranks of a side show.
Shown = tuple[tuple[Observation, ...], ...]


@record
class Both:
    """The observations of both sides by rank, and how their parameters answer to each other.

    `is_pooled`: one has more ranks than the other, so that only what all ranks do together can be compared.
    `drawn`: what one of them draws that the other does not, by update.
    """

    reference: Shown
    candidate: Shown
    matchings: tuple[Matching, ...]
    same_draws: tuple[bool, ...]
    updates: int
    is_pooled: bool = False
    drawn: tuple[Mapping[int, str], ...] = ()

    @property
    def pairs(self) -> tuple[tuple[Sequence[Observation], Sequence[Observation]], ...]:
        """What is held against each other: rank by rank, or all ranks of one side against all others."""
        if self.is_pooled:
            return ((together(self.reference), together(self.candidate)),)
        return tuple(zip(self.reference, self.candidate, strict=False))

    def beside(self, one: Trial, other: Trial) -> Both:
        """Other runs of the same sides, their parameters in the same forms."""
        reference, candidate = _beside(one, other, self.matchings)
        return replace(self, reference=reference, candidate=candidate)


def both_of(one: Trial, other: Trial, given: Sequence[Given] = ()) -> Both:
    """What both sides show, under the names of the first. Raises MappingError."""
    pairs = [
        (parameters(ours), parameters(theirs)) for ours, theirs in zip(one.traces, other.traces, strict=False)
    ]
    matchings = tuple(match(ours, theirs, links_of(given, ours, theirs)) for ours, theirs in pairs)
    return Both(
        *_beside(one, other, matchings),
        matchings,
        tuple(
            generators(ours).get("torch") == generators(theirs).get("torch")
            for ours, theirs in zip(one.traces, other.traces, strict=False)
        ),
        min(one.updates, other.updates),
        len(one.traces) != len(other.traces),
        tuple(drawn(ours, theirs) for ours, theirs in zip(one.traces, other.traces, strict=False)),
    )


def _beside(one: Trial, other: Trial, matchings: Sequence[Matching]) -> tuple[Shown, Shown]:
    """What each rank of both sides shows under the same names."""
    ours = observed(one, [found.ours for found in matchings])
    theirs = observed(other, [found.theirs for found in matchings])
    ranks = [aligned(*shown) for shown in zip(ours, theirs, strict=False)]
    count = len(ranks)
    return (
        (*(shown[0] for shown in ranks), *ours[count:]),
        (*(shown[1] for shown in ranks), *theirs[count:]),
    )


def observed(trial: Trial, forms: Sequence[Sequence[Form]] = ()) -> Shown:
    """What each rank of a side shows: its parameters in the forms given, others under their own names."""
    ranks = zip(trial.traces, chain(forms, repeat(())), strict=False)
    return tuple(tuple(observations(trace, own_forms(parameters(trace), links))) for trace, links in ranks)


def parted(both: Both, tolerance: Tolerance) -> list[Divergence]:
    """Where the two part out, on any rank, and where ranks of the candidate part from each other."""
    found = [
        replace(entry, rank=rank)
        for rank, (ours, theirs) in enumerate(both.pairs)
        for entry in divergences(ours, theirs, tolerance, both.updates)
    ]
    return in_order([*drifts(both.reference, both.candidate, both.updates), *found])


def explained(both: Both, apart: Sequence[Divergence]) -> list[Divergence]:
    """The divergences with what they look like the work of, where that is not known yet."""
    found: list[Divergence] = [entry for entry in apart if entry.kind is Kind.DRIFT]
    every = [tuple(map(shown, side)) for side in (both.reference, both.candidate)]
    for rank, (ours, theirs) in enumerate(both.pairs):
        entries = [entry for entry in apart if entry.rank == rank and entry.kind is not Kind.DRIFT]
        same, ranks = both.same_draws[rank], len(both.reference)
        draws = both.drawn[rank] if both.drawn else {}
        held = evidence(ours, theirs, entries, same_draws=same, ranks=ranks, draws=draws)
        found += named(entries, replace(held, rank=rank, reference_ranks=every[0], candidate_ranks=every[1]))
    return in_order(_drifting(_shifted(found)))


def _shifted(found: Sequence[Divergence]) -> list[Divergence]:
    """Weights that were drawn in another order are marked; one alone has nothing to change places with."""
    shifts = [entry for entry in found if entry.cause == REORDERED]
    if len({entry.quantity for entry in shifts}) < _FEWEST:
        return list(found)
    return [replace(entry, kind=Kind.SHIFT) if entry.cause == REORDERED else entry for entry in found]


def _drifting(found: Sequence[Divergence]) -> list[Divergence]:
    """Gradients that each rank keeps to itself are marked."""
    return [
        replace(entry, kind=Kind.DRIFT) if entry.cause.startswith(UNEXCHANGED) else entry for entry in found
    ]


def share(both: Both, tolerance: Tolerance) -> float | None:
    """The largest distance of all that may differ, in units of what is allowed; None without any."""
    found = [part for ours, theirs in both.pairs for part in shares(ours, theirs, tolerance, both.updates)]
    return max(found, default=None)
