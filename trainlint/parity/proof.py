"""Two sides and limits in, the runs that are needed to tell them apart made, and what they come to out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain, repeat

from trainlint.facts.parity import Compared, Divergence, Noise, Observation, ParityOutcome, Phase, Verdict
from trainlint.parity.causes.evidence import evidence
from trainlint.parity.causes.table import named
from trainlint.parity.compare import Key, Tolerance, divergences, exactly, in_order, key
from trainlint.parity.drawn import drawn
from trainlint.parity.environment import surroundings
from trainlint.parity.left_out import left_out, updates_left_out
from trainlint.parity.links import Matching, own_forms
from trainlint.parity.match import match
from trainlint.parity.noise import calibrated, noise
from trainlint.parity.observe import draws, observations
from trainlint.parity.paths import aligned
from trainlint.parity.pieces import Form
from trainlint.parity.probe.plan import Plan
from trainlint.parity.series import around, series
from trainlint.parity.trial import Trial
from trainlint.parity.view import parameters
from trainlint.record import record

#: The relative error of one rounding in fp32, which most numbers of a run are held in.
ROUNDING = 2.0**-24
#: Bytes of tensors that a run may keep.
CONTENTS = 1 << 30
#: The seeds of the perturbations.
PERTURBATIONS = (1, 2, 3)

#: What of the same update a phase is computed from that cannot be put in place: targets may never enter the
#: network, a loss is the program's own, options are what the optimizer was made with.
_WITHIN = {
    Phase.FORWARD: (Phase.BATCH, Phase.STRUCTURE),
    Phase.GRAD: (Phase.BATCH, Phase.STRUCTURE, Phase.FORWARD),
    Phase.GRADNORM: (Phase.BATCH, Phase.STRUCTURE, Phase.FORWARD, Phase.GRAD),
    Phase.UPDATE: (Phase.CONFIG, Phase.LR),
}

ORDER = list(Phase)

#: What the ranks of a side show.
Shown = tuple[tuple[Observation, ...], ...]

#: What of the reference is put into a run of the candidate that is held to it.
_REPLAYED = (
    "weights",
    "inputs of the network",
    "torch's random state",
    "gradients",
    "averages of the optimizer",
)

#: Runs a side in a certain way: its name in the report, whether it is the candidate, how.
Run = Callable[[str, bool, Plan], Trial]


@record
class Bounds:
    """How far a user lets numbers be off.

    `exact`: not at all. `rtol`: by this relative distance, in place of what is measured.
    """

    exact: bool = False
    rtol: float | None = None


@record
class Both:
    """The observations of both sides by rank, and how their parameters answer to each other.

    `drawn`: what one of them draws that the other does not, by update.
    """

    reference: Shown
    candidate: Shown
    matchings: tuple[Matching, ...]
    same_draws: tuple[bool, ...]
    updates: int
    drawn: tuple[Mapping[int, str], ...] = ()


def proved(run: Run, steps: int, bounds: Bounds, *, compiled: bool) -> ParityOutcome:
    """Run both sides, and again where they are not the same to the last bit, and say what it comes to."""
    found = _compared(run, steps, bounds, compiled=compiled)
    return replace(found, notes=(*found.notes, *updates_left_out(found)))


def _compared(run: Run, steps: int, bounds: Bounds, *, compiled: bool) -> ParityOutcome:
    plan = Plan(steps, compile=compiled)
    first = [run("reference", False, plan), run("candidate", True, plan)]
    missing = tuple(chain.from_iterable(map(missing_from, first)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, first, (), (), missing=missing)
    both = both_of(*first)
    apart = parted(both, exactly)
    if not apart:
        return outcome_of(Verdict.EQUAL, first, (), (), both)
    if bounds.exact or bounds.rtol is not None:
        return _bounded(run, plan, first, both, bounds.rtol)
    return _calibrated(run, plan, first, both, apart[0].phase)


def _bounded(run: Run, plan: Plan, first: Sequence[Trial], both: Both, rtol: float | None) -> ParityOutcome:
    """Hold the candidate against the reference with the bounds that the user sets.

    Where the programs only tell other numbers, the reference runs once more: a clock among them is no
    difference.
    """
    apart, trials = parted(both, lambda _: rtol), list(first)
    moved: tuple[Noise, ...] = ()
    if apart and all(entry.told for entry in apart):
        trials.append(run("reference again", False, replace(plan, seed=1)))
        moved = noise(both.reference[0], observed(trials[-1])[0], both.updates)
        apart = without(moved, apart)
    return outcome_of(Verdict.DIVERGED if apart else Verdict.WITHIN, trials, apart, moved, both)


def _calibrated(run: Run, plan: Plan, first: Sequence[Trial], both: Both, part: Phase) -> ParityOutcome:
    """Measure what the reference moves by itself, and hold the candidate, which parts at `part`, to it."""
    kept = replace(plan, contents=CONTENTS)
    again = run("reference again", False, replace(kept, seed=1)), run("candidate again", True, kept)
    missing = tuple(chain.from_iterable(map(missing_from, again)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, [*first, *again], (), (), both, missing)
    full = both_of(*again)
    forms = [found.ours for found in full.matchings]
    moved = noise(observed(first[0], forms)[0], full.reference[0], both.updates)
    itself = next((entry for entry in moved if not entry.told), None)
    if itself is not None and ORDER.index(itself.phase) <= ORDER.index(part):
        said = f"the reference does not repeat itself: {itself.quantity} ({itself.phase.value})"
        apart = without(moved, parted(full, exactly))
        return outcome_of(Verdict.INCONCLUSIVE, [*first, *again], apart, moved, full, (said,))
    return _nudged(run, kept, [*first, *again], full, moved)


def _nudged(
    run: Run, kept: Plan, trials: Sequence[Trial], full: Both, moved: Sequence[Noise]
) -> ParityOutcome:
    """Measure what rounding comes to, and hold the candidate to it; the last two of the trials kept all."""
    reference, _ = trials[-2:]
    nudged = [
        run(f"reference, weights nudged ({seed})", False, replace(kept, perturb=seed))
        for seed in PERTURBATIONS
    ]
    trials = [*trials, *nudged]
    missing = tuple(chain.from_iterable(map(missing_from, nudged)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), moved, full, missing)
    forms = [found.ours for found in full.matchings]
    tolerance = calibrated(full.reference[0], [observed(trial, forms)[0] for trial in nudged], ROUNDING)
    apart = without(moved, parted(full, tolerance))
    if not apart:
        within = outcome_of(Verdict.WITHIN, trials, apart, moved, full)
        return replace(within, margin=_nearest(full, tolerance))
    held = _held(run, kept, reference, full.matchings)
    if not any(missing_from(held)):
        ours, theirs = _beside(reference, held, full.matchings)
        own = replace(full, reference=ours, candidate=theirs)
        apart = _marked(apart, _explained(own, without(moved, parted(own, tolerance))))
        found = outcome_of(Verdict.DIVERGED, [*trials, held], apart, moved, full)
        return replace(found, replayed=_REPLAYED)
    return outcome_of(Verdict.DIVERGED, [*trials, held], apart, moved, full)


def _nearest(both: Both, tolerance: Tolerance) -> float | None:
    """How much of its tolerance the quantity takes that comes nearest to it."""
    allowed: dict[Key, float | None] = {}

    def noted(entry: Observation) -> None:
        allowed[key(entry)] = tolerance(entry)

    shares = [
        entry.distance / limit
        for entry in parted(both, noted)
        if entry.distance is not None and (limit := allowed.get((entry.step, entry.phase, entry.quantity)))
    ]
    return max(shares, default=None)


def _held(run: Run, plan: Plan, reference: Trial, matchings: Sequence[Matching]) -> Trial:
    """The candidate once more, held to the reference: each phase begins with what the reference had there."""
    links = reference.folder / "links.json"
    written = [asdict(link) for link in matchings[0].links] if matchings else []
    links.write_text(json.dumps(written), "utf-8")
    replayed = replace(plan, replay=str(reference.folder), links=str(links))
    return run("candidate, held to the reference", True, replayed)


def _marked(apart: Sequence[Divergence], own: Sequence[Divergence]) -> list[Divergence]:
    """The divergences of the free run, with those marked that the held run has, too: no consequences."""
    known = {(entry.rank, entry.step, entry.phase, entry.quantity): entry for entry in apart}
    phases = {(entry.rank, entry.step, entry.phase) for entry in own}
    seen = min((entry.step for entry in own if not entry.told), default=None)
    for entry in own:
        if entry.told and seen is not None and seen <= entry.step:
            continue
        causes = ((entry.rank, entry.step, phase) for phase in _WITHIN.get(entry.phase, ()))
        if phases.isdisjoint(causes):
            place = (entry.rank, entry.step, entry.phase, entry.quantity)
            # With the same inputs its numbers show the cause best.
            known[place] = replace(known.get(place, entry), independent=True, cause=entry.cause)
    return in_order(known.values())


def without(moved: Sequence[Noise], apart: Iterable[Divergence]) -> list[Divergence]:
    """What is left where quantities that move by themselves say nothing."""
    known = {(entry.phase, entry.quantity) for entry in moved}
    return [entry for entry in apart if (entry.phase, entry.quantity) not in known]


def missing_from(trial: Trial) -> Iterator[str]:
    """Why a run says nothing about training."""
    if trial.updates and (trial.is_stopped or trial.ended.code == 0):
        return
    what = f"{trial.name}: {trial.ending}"
    if not trial.traces:
        what += ", and no optimizer of torch was made in it"
    elif not trial.updates:
        what += " before its first update"
    said = trial.ended.last_lines
    yield f"{what}\n{said}" if said else what


def both_of(one: Trial, other: Trial) -> Both:
    """What both sides show, under the names of the first."""
    pairs = list(zip(one.traces, other.traces, strict=False))
    matchings = tuple(match(parameters(ours), parameters(theirs)) for ours, theirs in pairs)
    return Both(
        *_beside(one, other, matchings),
        matchings,
        tuple(draws(ours) == draws(theirs) for ours, theirs in pairs),
        min(one.updates, other.updates),
        tuple(drawn(ours, theirs) for ours, theirs in pairs),
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
    """Where the two part out, on any rank."""
    ranks = zip(both.reference, both.candidate, strict=False)
    found = [
        replace(entry, rank=rank)
        for rank, (ours, theirs) in enumerate(ranks)
        for entry in divergences(ours, theirs, tolerance, both.updates)
    ]
    return in_order(found)


def _explained(both: Both, apart: Sequence[Divergence]) -> list[Divergence]:
    """The divergences with what they look like the work of, where that is not known yet."""
    found: list[Divergence] = []
    for rank, (ours, theirs) in enumerate(zip(both.reference, both.candidate, strict=False)):
        entries = [entry for entry in apart if entry.rank == rank]
        same, ranks = both.same_draws[rank], len(both.reference)
        draws = both.drawn[rank] if both.drawn else {}
        found += named(entries, evidence(ours, theirs, entries, same_draws=same, ranks=ranks, draws=draws))
    return in_order(found)


def outcome_of(
    verdict: Verdict,
    trials: Sequence[Trial],
    apart: Sequence[Divergence],
    moved: Sequence[Noise],
    both: Both | None = None,
    missing: tuple[str, ...] = (),
) -> ParityOutcome:
    """All that there is to tell."""
    seen = {entry.phase for entry in chain.from_iterable(both.reference)} if both is not None else set()
    wrong = {entry.phase for entry in apart}
    unmatched = (
        [f"{side}: {name}" for matching in both.matchings for side, name in matching.unmatched]
        if both
        else []
    )
    return ParityOutcome(
        verdict=verdict,
        steps=both.updates if both is not None else 0,
        phases=tuple((phase, phase not in wrong if phase in seen | wrong else None) for phase in Phase),
        divergences=tuple(_explained(both, apart) if both is not None else apart),
        noise=tuple(moved),
        margin=_margin(apart),
        runs=tuple(trial.report for trial in trials),
        unmatched=tuple(unmatched),
        missing=missing,
        series=() if both is None else series(both.reference[0], both.candidate[0], both.updates),
        around=() if both is None or not apart else _around(both, apart[0]),
        surroundings=surroundings(trials),
        notes=() if both is None else tuple(left_out(both.reference, both.candidate)),
    )


def _around(both: Both, first: Divergence) -> tuple[Compared, ...]:
    return around(both.reference[first.rank], both.candidate[first.rank], first)


def _margin(apart: Sequence[Divergence]) -> float | None:
    """How far the first divergence is beyond its tolerance."""
    first = apart[0] if apart else None
    if first is None or first.distance is None or not first.tolerance:
        return None
    return first.distance / first.tolerance
