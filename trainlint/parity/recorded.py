"""A reference alone in, its recording out; a recording and a candidate in, what they come to out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from trainlint.facts.parity import Observation, ParityOutcome, Phase, Verdict
from trainlint.parity.both import Both, both_of, observed, parted
from trainlint.parity.bounds import Bounds
from trainlint.parity.compare import Key, Tolerance, exactly, key
from trainlint.parity.distance import is_whole
from trainlint.parity.golden import Golden, GoldenError
from trainlint.parity.mapping import Given
from trainlint.parity.noise import INFLUENTIAL, MARGIN, ROUNDING, allowing, shaken, suspect, unsteady, without
from trainlint.parity.outcomes import inconclusive, outcome_of
from trainlint.parity.probe.plan import Plan
from trainlint.parity.repeats import CONTENTS, moves, nudged
from trainlint.parity.surroundings import ELSEWHERE, Likeness, derivable, likeness, told
from trainlint.parity.trial import Run, Trial, missing_of

#: What every event has.
_OWN = ("event", "step")


def recorded(run: Run, steps: int, *, compiled: bool) -> Golden | ParityOutcome:
    """Run the reference as often as its tolerance needs; what is missing where that says nothing."""
    plan = Plan(steps, compile=compiled)
    kept = replace(plan, contents=CONTENTS)
    first = run("reference", False, plan)
    if missing_of([first]):
        return inconclusive([first], missing_of([first]))
    again = run("reference again", False, replace(kept, seed=1, hashes=1))
    trials = [first, again]
    if missing_of(trials):
        return inconclusive(trials, missing_of(trials))
    moved = moves(first, again)
    reaches = any(entry.phase in INFLUENTIAL and not entry.told for entry in moved)
    itself = suspect(moved) if reaches else None
    if itself is not None:
        return inconclusive(trials, (unsteady("reference", itself),), moved)
    trials += nudged(run, kept)
    if missing_of(trials):
        return inconclusive(trials, missing_of(trials))
    held, perturbed = observed(again), map(observed, trials[2:])
    shaken_by = shaken(pair for shown in perturbed for pair in zip(held, shown, strict=False))
    return Golden(first, surroundings(first), shaken_by, moved, compiled)


def surroundings(trial: Trial) -> Mapping[str, Any]:
    """Where a run was made."""
    event = trial.traces[0].first("surroundings") if trial.traces else None
    return {} if event is None else {key: value for key, value in event.data.items() if key not in _OWN}


def held_against(
    golden: Golden, run: Run, steps: int, bounds: Bounds, given: Sequence[Given] = ()
) -> ParityOutcome:
    """Run the candidate, and once more where it is not the same.

    `given`: which parameters are which, as the user says. Raises GoldenError and MappingError.
    """
    if steps > golden.trial.updates:
        raise GoldenError(
            f"the recording has {golden.trial.updates} updates, --steps asks for {steps}: record it again"
        )
    plan = Plan(steps, compile=golden.compiled)
    candidate = run("candidate", True, plan)
    missing = missing_of([candidate])
    trials = [golden.trial, candidate]
    if missing:
        return inconclusive(trials, missing)
    ranks = len(golden.trial.traces), len(candidate.traces)
    if ranks[0] != ranks[1]:
        raise GoldenError(f"the recording has {ranks[0]} ranks, the candidate {ranks[1]}: give --nproc")
    here = surroundings(candidate)
    alike = likeness(golden.surroundings, here)
    both = _comparable(both_of(golden.trial, candidate, given), alike)
    if not parted(both, exactly):
        outcome = outcome_of(Verdict.EQUAL, trials, (), (), both)
    elif bounds.are_given:
        outcome = _bounded(golden, trials, both, bounds)
    else:
        margin = MARGIN * (ELSEWHERE if alike is Likeness.NEAR else 1.0)
        outcome = _calibrated(golden, run, plan, trials, both, margin)
    return replace(outcome, notes=(*outcome.notes, *told(golden.surroundings, here)))


def _bounded(golden: Golden, trials: Sequence[Trial], both: Both, bounds: Bounds) -> ParityOutcome:
    """Hold the candidate against the recording with the bounds that the user sets."""
    apart = without(golden.noise, parted(both, bounds.tolerance))
    return outcome_of(Verdict.DIVERGED if apart else Verdict.WITHIN, trials, apart, golden.noise, both)


def _calibrated(
    golden: Golden, run: Run, plan: Plan, trials: Sequence[Trial], both: Both, margin: float
) -> ParityOutcome:
    """Hold the candidate to what was measured, and see that it repeats itself where it is not within that."""
    apart = without(golden.noise, parted(both, _tolerance(golden.moved, margin)))
    if not apart:
        return outcome_of(Verdict.WITHIN, trials, apart, golden.noise, both)
    again = run("candidate again", True, replace(plan, seed=1, hashes=1))
    moved = () if missing_of([again]) else moves(trials[1], again)
    itself = suspect(moved, apart[0])
    verdict = Verdict.DIVERGED if itself is None else Verdict.INCONCLUSIVE
    missing = () if itself is None else (unsteady("candidate", itself),)
    return outcome_of(verdict, [*trials, again], apart, golden.noise, both, missing)


def _comparable(both: Both, alike: Likeness) -> Both:
    if alike is not Likeness.FAR:
        return both
    return replace(
        both,
        reference=tuple(map(derivable, both.reference)),
        candidate=tuple(map(derivable, both.candidate)),
    )


def _tolerance(moved: Mapping[Key, float], margin: float) -> Tolerance:
    """What was measured; for a quantity that goes by another name, the most of its phase in that update."""
    most: dict[tuple[int, Phase], float] = {}
    for (step, phase, _), apart in moved.items():
        most[step, phase] = max(most.get((step, phase), 0.0), apart)
    measured = allowing(moved, margin=margin)

    def allowed(entry: Observation) -> float | None:
        if key(entry) in moved:
            return measured(entry)
        apart = most.get((entry.step, entry.phase))
        return None if apart is None or is_whole(entry.value) else margin * max(apart, ROUNDING)

    return allowed
