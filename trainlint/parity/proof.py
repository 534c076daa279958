"""Two sides and limits in, the runs that are needed to tell them apart made, and what they come to out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain

from trainlint.facts.parity import Divergence, Kind, Noise, Observation, ParityOutcome, Phase, Verdict
from trainlint.parity.both import Both as Both
from trainlint.parity.both import both_of as both_of
from trainlint.parity.both import explained, share
from trainlint.parity.both import observed as observed
from trainlint.parity.both import parted as parted
from trainlint.parity.compare import Key, Tolerance, exactly, in_order
from trainlint.parity.distance import size
from trainlint.parity.doubt import farthest, in_doubt, relaxed, shrinking
from trainlint.parity.left_out import updates_left_out
from trainlint.parity.links import Matching
from trainlint.parity.mapping import Given
from trainlint.parity.noise import allowing, shaken
from trainlint.parity.outcomes import outcome_of as outcome_of
from trainlint.parity.probe.plan import Plan
from trainlint.parity.repeats import Repeats, moves, repeated
from trainlint.parity.trial import Run as Run
from trainlint.parity.trial import Trial
from trainlint.record import record

#: The relative error of one rounding in fp32, which most numbers of a run are held in.
ROUNDING = 2.0**-24
#: Bytes of tensors that a run may keep, from the update before the first that differs.
CONTENTS = 1 << 29
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
#: What moves here moves all that follows.
_INFLUENTIAL = (Phase.INIT, Phase.GRAD, Phase.UPDATE)
#: What is no result of kernels that may round otherwise each time, and by how much those may.
_GIVEN = (Phase.CONFIG, Phase.INIT, Phase.LR, Phase.BATCH, Phase.STRUCTURE)
_KERNELS = 1e-5

#: What of the reference is put into a run of the candidate that is held to it.
_REPLAYED = (
    "weights",
    "inputs of the network",
    "random states of torch, Python and numpy",
    "gradients",
    "averages of the optimizer",
)


@record
class Bounds:
    """How far a user lets numbers be off.

    `exact`: not at all. `rtol`: by this relative distance, in place of what is measured. `atol`: and by this
    much beside; of a tensor, the root mean square of the differences counts.
    """

    exact: bool = False
    rtol: float | None = None
    atol: float | None = None

    @property
    def are_given(self) -> bool:
        """Whether nothing needs to be measured."""
        return self.exact or self.rtol is not None or self.atol is not None

    def tolerance(self, entry: Observation) -> float | None:
        """The relative distance that is allowed."""
        if self.exact:
            return None
        unit = size(entry.value)
        return (self.rtol or 0.0) + (self.atol / unit if self.atol and unit else 0.0)


def proved(
    run: Run, steps: int, bounds: Bounds, *, compiled: bool, given: Sequence[Given] = ()
) -> ParityOutcome:
    """Run both sides, and again where they are not the same to the last bit, and say what it comes to.

    `given`: which parameters are which, as the user says. Raises MappingError.
    """
    found = _compared(run, steps, bounds, given, compiled=compiled)
    return replace(found, notes=(*found.notes, *updates_left_out(found)))


def _compared(
    run: Run, steps: int, bounds: Bounds, given: Sequence[Given], *, compiled: bool
) -> ParityOutcome:
    plan = Plan(steps, compile=compiled)
    first = [run("reference", False, plan), run("candidate", True, plan)]
    missing = tuple(chain.from_iterable(map(missing_from, first)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, first, (), (), missing=missing)
    both = both_of(first[0], first[1], given)
    apart = parted(both, exactly)
    if not apart:
        return outcome_of(Verdict.EQUAL, first, (), (), both)
    kept = replace(plan, contents=CONTENTS, since=max(apart[0].step - 1, 0))
    if bounds.are_given:
        return _bounded(run, kept, first, both, bounds, given)
    return _calibrated(run, kept, first, both, given)


def _bounded(
    run: Run, kept: Plan, first: Sequence[Trial], both: Both, bounds: Bounds, given: Sequence[Given]
) -> ParityOutcome:
    """Hold the candidate against the reference with the bounds that the user sets.

    How far tensors are apart shows in their contents, and so does whether parts are the whole. Where the
    programs only tell other numbers, the reference runs once more: a clock among them is no difference.
    """
    trials, full = list(first), both
    if not bounds.exact or not all(
        form.is_plain for found in both.matchings for form in (*found.ours, *found.theirs)
    ):
        trials += [run("reference again", False, kept), run("candidate again", True, kept)]
        full = both_of(trials[2], trials[3], given)
    missing = tuple(chain.from_iterable(map(missing_from, trials)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), (), both, missing)
    apart = parted(full, bounds.tolerance)
    moved: tuple[Noise, ...] = ()
    if apart and all(entry.told for entry in apart):
        forms = [found.ours for found in full.matchings]
        trials.append(run("reference, other seeds", False, replace(kept, contents=0, seed=1, hashes=1)))
        moved = moves(first[0], trials[-1], forms)
        apart = without(moved, apart)
    verdict = Verdict.DIVERGED if apart else Verdict.WITHIN
    return outcome_of(verdict, trials, apart, moved, full, margin=share(full, bounds.tolerance))


def _calibrated(
    run: Run, kept: Plan, first: Sequence[Trial], both: Both, given: Sequence[Given]
) -> ParityOutcome:
    """Measure what the reference moves by itself and by rounding, and hold the candidate to it."""
    repeats = repeated(run, kept, first[0], [found.ours for found in both.matchings])
    candidate = run("candidate again", True, kept)
    trials = [*first, *repeats.trials, candidate]
    missing = tuple(chain.from_iterable(map(missing_from, trials)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), repeats.moved, both, missing)
    full = both_of(repeats.reference, candidate, given)
    exact = parted(full, exactly)
    if not exact:
        return outcome_of(Verdict.EQUAL, trials, (), repeats.moved, full)
    itself = _restless(repeats, first[0], full)
    if itself is not None and not _before(exact, itself):
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), repeats.moved, full, (_unsteady(itself),))
    moved, nudged = _nudged(run, kept, full)
    trials += nudged
    missing = tuple(chain.from_iterable(map(missing_from, nudged)))
    if missing:
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), repeats.moved, full, missing)
    measured = _Measured(full, repeats, itself, allowing(moved, ROUNDING))
    apart = measured.beyond(full)
    if itself is not None and not apart:
        return outcome_of(Verdict.INCONCLUSIVE, trials, (), repeats.moved, full, (_unsteady(itself),))
    return _judged(run, kept, trials, measured, apart, given)


@record
class _Measured:
    """Both sides with contents, what the reference moves by itself, and what it moves by rounding."""

    both: Both
    repeats: Repeats
    itself: Divergence | None
    tolerance: Tolerance

    def beyond(self, both: Both) -> list[Divergence]:
        """What differs by more than that."""
        return _before(without(self.repeats.loose, parted(both, self.tolerance)), self.itself)

    @property
    def certain(self) -> list[Divergence]:
        """What differs however far off numbers may be."""
        return replace(self, tolerance=lambda _: math.inf).beyond(self.both)


def _judged(
    run: Run,
    kept: Plan,
    trials: list[Trial],
    measured: _Measured,
    apart: list[Divergence],
    given: Sequence[Given],
) -> ParityOutcome:
    """Let fp64 decide what may still be rounding, and tell bugs from what follows from them."""
    full, repeats = measured.both, measured.repeats
    grounds: tuple[str, ...] = ()
    margin = share(full, measured.tolerance)
    if not measured.certain and in_doubt(apart):
        wide, further = _in_double(run, kept, given)
        trials += further
        if wide is not None:
            rounding = shrinking(apart, wide)
            measured = replace(measured, tolerance=relaxed(measured.tolerance, rounding))
            apart, doubted = measured.beyond(full), apart
            grounds = (_decided(doubted, apart, farthest(doubted, wide)),)
    if not apart:
        return outcome_of(Verdict.WITHIN, trials, (), repeats.moved, full, margin=margin, grounds=grounds)
    if full.is_pooled:
        # A rank of one side has no counterpart to be held to.
        return outcome_of(Verdict.DIVERGED, trials, apart, repeats.moved, full, grounds=grounds)
    held = _held(run, kept, repeats.reference, full.matchings)
    replayed: tuple[str, ...] = ()
    if not any(missing_from(held)):
        replayed = _REPLAYED
        until = min(trace.kept for trace in (*repeats.reference.traces, *held.traces))
        own = full.beside(repeats.reference, held)
        alone = [entry for entry in measured.beyond(own) if entry.step < until]
        apart = _marked(apart, explained(own, alone))
    grounds = (*grounds, *_only_order(apart))
    found = outcome_of(Verdict.DIVERGED, [*trials, held], apart, repeats.moved, full, grounds=grounds)
    return replace(found, replayed=replayed)


def _only_order(apart: Sequence[Divergence]) -> Iterator[str]:
    """What a user most wants to hear of weights that were drawn in another order."""
    alone = {entry.kind for entry in apart if entry.independent}
    if alone == {Kind.SHIFT}:
        yield "only random draws are in another order: with the reference's weights nothing differs"


def _nudged(run: Run, kept: Plan, full: Both) -> tuple[Mapping[Key, float], list[Trial]]:
    """How far each quantity moves where the reference's weights do by a rounding."""
    forms = [found.ours for found in full.matchings]
    moved: dict[Key, float] = {}
    trials = []
    for seed in PERTURBATIONS:
        trials.append(run(f"reference, weights nudged ({seed})", False, replace(kept, perturb=seed)))
        nudged = replace(full, candidate=observed(trials[-1], forms))
        for ours, theirs in nudged.pairs:
            for place, apart in shaken(ours, [theirs]).items():
                moved[place] = max(moved.get(place, 0.0), apart)
    return moved, trials


def _restless(repeats: Repeats, first: Trial, full: Both) -> Divergence | None:
    """Where the reference first does otherwise by itself, in a way that all that follows depends on.

    What never reaches a weight is in nobody's way, nor is a kernel that rounds otherwise each time.
    """
    if all(entry.told for entry in repeats.loose):
        return None
    again = replace(full, candidate=observed(first, [found.ours for found in full.matchings]))
    itself = [entry for entry in parted(again, exactly) if not entry.told]
    if not any(entry.phase in _INFLUENTIAL for entry in itself):
        return None
    where = itself[0]
    is_computed = where.phase not in _GIVEN and where.distance is not None
    return None if is_computed and (where.distance or 0.0) <= _KERNELS else where


def _unsteady(itself: Divergence) -> str:
    return f"the reference does not repeat itself: {itself.quantity} ({itself.phase.value})"


def _before(apart: Sequence[Divergence], itself: Divergence | None) -> list[Divergence]:
    """What comes before the reference moves by itself: what follows says nothing of the candidate."""
    if itself is None:
        return list(apart)
    place = (itself.step, itself.phase)
    return [
        entry
        for entry in apart
        if (entry.step, entry.phase) != place and in_order([itself, entry])[0] is not itself
    ]


def _in_double(run: Run, kept: Plan, given: Sequence[Given]) -> tuple[Both | None, list[Trial]]:
    """Both sides once more, computing in fp64; None where a program does not."""
    wide = replace(kept, double=True)
    trials = [run("reference in fp64", False, wide), run("candidate in fp64", True, wide)]
    fails = any(any(missing_from(trial)) for trial in trials)
    return None if fails else both_of(trials[0], trials[1], given), trials


def _decided(doubted: Sequence[Divergence], left: Sequence[Divergence], near: float) -> str:
    """What to say of what fp64 has shown."""
    first = next(entry for entry in doubted if entry.distance is not None and not entry.told)
    was = f"{first.quantity} is {first.distance:.2g} apart in update {first.step + 1}, in fp64 {near:.2g}"
    if not left:
        return f"decided in fp64: {was}, so it is rounding"
    if first in left:
        return f"decided in fp64: {was}, so it is no rounding"
    return f"decided in fp64: {was}, so it is rounding; what is told stays"


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
            known[place] = replace(
                known.get(place, entry), independent=True, cause=entry.cause, kind=entry.kind
            )
    return in_order(known.values())


def without(moved: Sequence[Noise], apart: Iterable[Divergence]) -> list[Divergence]:
    """What is left where quantities that move by themselves say nothing."""
    since = {(entry.phase, entry.quantity): entry.step for entry in moved}
    return [entry for entry in apart if entry.step < since.get((entry.phase, entry.quantity), entry.step + 1)]


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
