"""The runs of two sides in, what each was computed on and with out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trainlint.facts.parity import Surrounding
from trainlint.parity.trial import Trial

#: What every event has.
_OWN = ("event", "step")
#: What the first event of a network tells beside its parameters.
_FURTHER = ("seed", "compiled")


def surroundings(trials: Sequence[Trial]) -> tuple[Surrounding, ...]:
    """By name: of the first run of each side, the reference's before the candidate's."""
    first = [_held(trial) for trial in trials[:2]]
    ours, theirs = first if len(first) == 2 else (first[0] if first else {}, {})
    return tuple(
        Surrounding(name, ours.get(name, ""), theirs.get(name, ""))
        for name in dict.fromkeys((*ours, *theirs))
    )


def _held(trial: Trial) -> Mapping[str, str]:
    """What the probe noted as the first pass began."""
    trace = trial.traces[0] if trial.traces else None
    around, init = (trace.first("surroundings"), trace.first("init")) if trace is not None else (None, None)
    given = {} if around is None else {name: around[name] for name in around.data if name not in _OWN}
    further = {} if init is None else {name: init[name] for name in _FURTHER if name in init.data}
    return {name: str(value) for name, value in {**given, **further}.items() if value != ""}
