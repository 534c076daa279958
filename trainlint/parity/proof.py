"""Two sides and limits in, the runs that are needed to tell them apart made, and what they come to out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from trainlint.facts.parity import Divergence, Kind, Noise, ParityOutcome, Phase, Verdict
from trainlint.parity.both import Both, both_of, explained, observed, parted, share
from trainlint.parity.bounds import Bounds
from trainlint.parity.compare import Key, Tolerance, causal_place, exactly, in_order
from trainlint.parity.doubt import farthest, in_doubt, relaxed, shrinking
from trainlint.parity.left_out import updates_left_out
from trainlint.parity.links import Matching
from trainlint.parity.mapping import Given
from trainlint.parity.noise import INFLUENTIAL, allowing, shaken, unsteady, without
from trainlint.parity.outcomes import inconclusive, outcome_of
from trainlint.parity.probe.plan import Plan
from trainlint.parity.repeats import CONTENTS, Repeats, moves, nudged, repeated
from trainlint.parity.trial import Run, Trial, missing_from, missing_of
from trainlint.record import record

#: What of the same update a phase is computed from that cannot be put in place: targets may never enter the
#: network, a loss is the program's own, options are what the optimizer was made with.
_WITHIN = {
    Phase.FORWARD: (Phase.BATCH, Phase.STRUCTURE),
    Phase.GRAD: (Phase.BATCH, Phase.STRUCTURE, Phase.FORWARD),
    Phase.GRADNORM: (Phase.BATCH, Phase.STRUCTURE, Phase.FORWARD, Phase.GRAD),
    Phase.UPDATE: (Phase.CONFIG, Phase.LR),
}

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
    missing = missing_of(first)
    if missing:
        return inconclusive(first, missing)
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
    missing = missing_of(trials)
    if missing:
        return inconclusive(trials, missing, (), both)
    apart = parted(full, bounds.tolerance)
    moved: tuple[Noise, ...] = ()
    if apart and all(entry.told for entry in apart):
        forms = [found.ours for found in full.matchings]
        trials.append(run("reference, other seeds", False, replace(kept, contents=0, seed=1, hashes=1)))
        moved = moves(first[0], trials[-1], forms)
        apart = without(moved, apart)
    if not apart and not parted(full, exactly):
        return outcome_of(Verdict.EQUAL, trials, (), (), full)
    verdict = Verdict.DIVERGED if apart else Verdict.WITHIN
    return outcome_of(verdict, trials, apart, moved, full, margin=share(full, bounds.tolerance))


def _calibrated(
    run: Run, kept: Plan, first: Sequence[Trial], both: Both, given: Sequence[Given]
) -> ParityOutcome:
    """Measure what the reference moves by itself and by rounding, and hold the candidate to it."""
    repeats = repeated(run, kept, first[0], [found.ours for found in both.matchings])
    candidate = run("candidate again", True, kept)
    trials = [*first, *repeats.trials, candidate]
    missing = missing_of(trials)
    if missing:
        return inconclusive(trials, missing, repeats.moved, both)
    full = both_of(repeats.reference, candidate, given)
    exact = parted(full, exactly)
    if not exact:
        return outcome_of(Verdict.EQUAL, trials, (), repeats.moved, full)
    itself = _restless(repeats, first[0], full)
    if itself is not None and not _before(exact, itself):
        return inconclusive(trials, (unsteady("reference", itself),), repeats.moved, full)
    moved = nudged(run, kept)
    trials += moved
    missing = missing_of(moved)
    if missing:
        return inconclusive(trials, missing, repeats.moved, full)
    measured = _Measured(full, repeats, itself, allowing(_shaken(full, moved)))
    apart = measured.beyond(full)
    if itself is not None and not apart:
        return inconclusive(trials, (unsteady("reference", itself),), repeats.moved, full)
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
        further = _in_double(run, kept)
        trials += further
        failed = missing_of(further)
        if failed:
            grounds = (f"not decided in fp64: {failed[0].splitlines()[0]}",)
        else:
            wide = both_of(further[0], further[1], given)
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


def _shaken(full: Both, trials: Sequence[Trial]) -> Mapping[Key, float]:
    """How far each quantity moves where the reference's weights do by a rounding."""
    forms = [found.ours for found in full.matchings]
    beside = (replace(full, candidate=observed(trial, forms)) for trial in trials)
    return shaken(pair for both in beside for pair in both.pairs)


def _restless(repeats: Repeats, first: Trial, full: Both) -> Divergence | None:
    """Where the reference first does otherwise by itself, in a way that all that follows depends on.

    What never reaches a weight is in nobody's way, nor is a kernel that rounds otherwise each time.
    """
    if all(entry.told for entry in repeats.loose):
        return None
    again = replace(full, candidate=observed(first, [found.ours for found in full.matchings]))
    itself = [entry for entry in parted(again, exactly) if not entry.told]
    if not any(entry.phase in INFLUENTIAL for entry in itself):
        return None
    where = itself[0]
    is_computed = where.phase not in _GIVEN and where.distance is not None
    return None if is_computed and (where.distance or 0.0) <= _KERNELS else where


def _before(apart: Sequence[Divergence], itself: Divergence | None) -> list[Divergence]:
    """What comes before the reference moves by itself: what follows says nothing of the candidate."""
    return [entry for entry in apart if itself is None or causal_place(entry) < causal_place(itself)]


def _in_double(run: Run, kept: Plan) -> list[Trial]:
    """Both sides once more, computing in fp64."""
    wide = replace(kept, double=True)
    return [run("reference in fp64", False, wide), run("candidate in fp64", True, wide)]


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
