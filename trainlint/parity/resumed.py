"""A run without interruption and one that was stopped and started again in, what the second lost out.

The resumed run counts its updates from its own start. It is laid beside the other from the update on whose
weights it starts with, so that what differs first is what did not come back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trainlint.facts.parity import Digest, Divergence, ParityOutcome, Phase, Verdict
from trainlint.parity.both import Both, both_of, parted
from trainlint.parity.bounds import Bounds
from trainlint.parity.compare import exactly
from trainlint.parity.mapping import Given
from trainlint.parity.noise import noise, suspect, unsteady, without
from trainlint.parity.outcomes import inconclusive, outcome_of
from trainlint.parity.probe.plan import Plan
from trainlint.parity.trace import Event, Trace
from trainlint.parity.trial import Run, Trial, missing_from, missing_of

#: Starts the side of a trial once more where that trial ended: a name, how, and the trial.
Again = Callable[[str, Plan, Trial], Trial]

#: What of an interrupted run did not come back where a phase differs first.
_LOST = {
    Phase.INIT: "the weights did not come back",
    Phase.CONFIG: "the optimizer goes on with other options",
    Phase.LR: "the schedule does not go on where it stood",
    Phase.BATCH: "the data do not go on where they stood: their place or their order did not come back",
    Phase.FORWARD: "the same data give something else: a buffer or dropout's generator did not come back",
    Phase.STRUCTURE: "an update has other parts than the same update had: a counter did not come back",
}
_AVERAGES = "the optimizer begins anew: its averages did not come back"
#: A copy of the network may be evaluated before the first pass of the network itself.
_OF_PASSES = ("forward", "output", "criterion")
_BEFORE = frozenset(Phase) - {Phase.UPDATE, Phase.EVAL, Phase.CHECKPOINT}


def resumed(
    run: Run,
    again: Again,
    steps: int,
    at: int,
    bounds: Bounds,
    *,
    compiled: bool,
    given: Sequence[Given] = (),
) -> ParityOutcome:
    """Run without interruption, stop another run after `at` updates, start it again, and compare the rest.

    `given`: which parameters are which, as the user says of two programs. Raises MappingError.
    """
    plan = Plan(steps, compile=compiled)
    whole = run("uninterrupted", False, plan)
    stopped = run("stopped", True, replace(plan, steps=at))
    trials = [whole, stopped]
    missing = [*missing_of(trials), *_unsaved(stopped, at)]
    if not missing:
        trials.append(again("resumed", replace(plan, steps=steps - at), stopped))
        missing = list(missing_from(trials[-1]))
    if missing:
        return inconclusive(trials, tuple(missing))
    return _compared(run, plan, trials, _begun(whole, trials[-1], at), bounds, given)


def _compared(
    run: Run, plan: Plan, trials: Sequence[Trial], begun: int, bounds: Bounds, given: Sequence[Given]
) -> ParityOutcome:
    """Lay the resumed run, the last of three, beside the first, and see that the program repeats itself."""
    whole, _, again = trials
    both = _beside(whole, again, begun, given)
    apart = parted(both, bounds.tolerance)
    if not apart:
        verdict = Verdict.WITHIN if parted(both, exactly) else Verdict.EQUAL
        return outcome_of(verdict, trials, (), (), both)
    repeated = run("uninterrupted again", False, replace(plan, seed=1, hashes=1))
    trials = [*trials, repeated]
    missing = missing_of([repeated])
    if missing:
        return inconclusive(trials, missing)
    moved = noise(both.reference, _beside(repeated, again, begun, given).reference, both.updates)
    apart = _lost(without(moved, apart), begun)
    itself = suspect(moved, apart[0] if apart else None)
    if itself is not None:
        said = (unsteady("program", itself),)
        return outcome_of(Verdict.INCONCLUSIVE, trials, apart, moved, both, said)
    return outcome_of(Verdict.DIVERGED if apart else Verdict.WITHIN, trials, apart, moved, both)


def _unsaved(stopped: Trial, at: int) -> Sequence[str]:
    """Why there is nothing to go on from."""
    if not stopped.traces or any(event.kind == "save" for trace in stopped.traces for event in trace.events):
        return ()
    return (
        f"{stopped.name}: in its first {at} updates it saves nothing that it could go on from (--resume-at)",
    )


def _begun(whole: Trial, again: Trial, at: int) -> int:
    """The last update after which the one has the weights that the other starts with; `at` - 1 if none."""
    started = _contents(again.traces[0], again.traces[0].first("init"))
    updates = [event for event in whole.traces[0].events if event.kind == "update" and event.step < at]
    found = [event.step for event in updates if _contents(whole.traces[0], event) == started]
    return max(found, default=at - 1)


def _contents(trace: Trace, event: Event | None) -> list[tuple[tuple[int, ...], int]]:
    """What parameters hold, in whatever order a program has them."""
    if event is None:
        return []
    return sorted((digest.shape, digest.crc) for digest in _weights(trace, event))


def _weights(trace: Trace, event: Event) -> list[Digest]:
    init = trace.first("init")
    described = [] if init is None else init["parameters"]
    pairs = zip(described, event["tensors"], strict=False)
    return [trace.digest(number, shape, dtype) for (_, shape, dtype, *_), number in pairs]


def _beside(whole: Trial, again: Trial, begun: int, given: Sequence[Given]) -> Both:
    """Both from the update after `begun` on, under the numbers of the run without interruption."""
    cut = replace(whole, traces=tuple(_cut(trace, begun) for trace in whole.traces))
    moved = replace(again, traces=tuple(_moved(trace, begun + 1) for trace in again.traces))
    both = both_of(cut, moved, given)
    return replace(
        both,
        reference=tuple(tuple(e for e in found if e.step < 0 or e.step > begun) for found in both.reference),
        candidate=tuple(tuple(e for e in found if e.step < 0 or e.step > begun) for found in both.candidate),
    )


def _cut(trace: Trace, begun: int) -> Trace:
    """A run as if it had started with the weights that it has after an update."""
    updates = [event for event in trace.events if event.kind == "update" and event.step <= begun]
    made = next((place for place, event in enumerate(trace.events) if event.kind == "init"), -1) + 1
    before = [event for event in trace.events[:made] if event.kind not in _OF_PASSES]
    after = trace.events[made:]
    if before and updates:
        before[-1] = replace(before[-1], data={**before[-1].data, "tensors": updates[-1]["tensors"]})
    return replace(trace, events=(*before, *(event for event in after if event.step > begun)))


def _moved(trace: Trace, by: int) -> Trace:
    """A run under other numbers of its updates; what came before the first stays there."""
    events = (
        event if event.kind == "init" else replace(event, step=event.step + by) for event in trace.events
    )
    return replace(trace, events=tuple(events))


def _lost(apart: Sequence[Divergence], begun: int) -> list[Divergence]:
    """The divergences, those of the first update with what did not come back.

    What an optimizer remembers comes before the weights that it makes of it.
    """
    first = [entry for entry in apart if entry.step <= begun + 1]
    named = [replace(entry, cause=_LOST.get(entry.phase, "")) for entry in first]
    kept = [entry for entry in named if entry.phase is Phase.UPDATE and " of " in entry.quantity]
    before = [entry for entry in named if entry.phase in _BEFORE]
    after = [entry for entry in named if entry not in kept and entry not in before]
    remembered = [replace(entry, cause=_AVERAGES) for entry in kept]
    return [*before, *remembered, *after, *apart[len(first) :]]
