"""A divergence in, what both runs showed beside it that explains it out: modes, arguments, loaders."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.parity import Divergence, Phase
from trainlint.parity.causes.evidence import Evidence
from trainlint.parity.causes.losses import is_loss

_ARGUMENTS, _MODE, _OTHERS, _AUTOCAST = (
    "arguments of ",
    "mode of ",
    "modules in the other mode",
    "autocast of ",
)
_LOADER, _CALLS = " of the loader", "calls of a scheduler since the last update"


def mode(entry: Divergence, evidence: Evidence) -> str:
    """The network, or a part of it, trains in the other mode."""
    for name, ours, theirs in _beside(entry, evidence, Phase.FORWARD):
        if name.startswith(_MODE) and theirs == "eval mode":
            return "the candidate trains in eval mode: dropout is off, statistics of batches stay as they are"
        if name.startswith(_MODE) and ours == "eval mode":
            return "the reference trains in eval mode: there dropout is off"
        if name.startswith(_OTHERS):
            return f"modules in the other mode than the network: {theirs}, in the reference {ours}"
        if name.startswith(_AUTOCAST):
            return f"autocast is {theirs}, in the reference {ours}"
    return ""


def arguments(entry: Divergence, evidence: Evidence) -> str:
    """The loss is called with other arguments."""
    if not is_loss(entry, evidence):
        return ""
    for name, ours, theirs in _beside(entry, evidence, Phase.FORWARD):
        if name.startswith(_ARGUMENTS):
            one, other = ours.split(", "), theirs.split(", ")
            more = ", ".join(part for part in other if part not in one)
            less = ", ".join(part for part in one if part not in other)
            function = name.removeprefix(_ARGUMENTS).partition(" of ")[0]
            if more and less:
                return f"{function} is called with {more}, in the reference with {less}"
    return ""


def loader(entry: Divergence, evidence: Evidence) -> str:
    """The loader that batches come from is set up otherwise."""
    said = []
    for name, series in evidence.reference.phases.get(Phase.BATCH, {}).items():
        other = evidence.candidate.series(Phase.BATCH, name)
        steps = [step for step in series.keys() & other.keys() if step <= entry.step]
        if name.endswith(_LOADER) and "workers" not in name and steps:
            ours, theirs = series[max(steps)], other[max(steps)]
            if ours != theirs:
                said.append(f"{name} is {theirs}, in the reference {ours}")
    return "; ".join(said)


def scheduler(entry: Divergence, evidence: Evidence) -> str:
    """Schedulers are called more or less often."""
    ours, theirs = (
        side.value(entry.step, Phase.LR, _CALLS) for side in (evidence.reference, evidence.candidate)
    )
    if not isinstance(ours, float) or not isinstance(theirs, float) or ours == theirs:
        return ""
    return (
        f"schedulers are called {theirs:.0f} times since the last update, in the reference {ours:.0f} times"
    )


def _beside(entry: Divergence, evidence: Evidence, phase: Phase) -> Iterator[tuple[str, str, str]]:
    """What differs in the same update and phase and is told in words."""
    for name in sorted(evidence.apart.get((entry.step, phase), ())):
        ours = evidence.reference.value(entry.step, phase, name)
        theirs = evidence.candidate.value(entry.step, phase, name)
        if isinstance(ours, str) and isinstance(theirs, str):
            yield name, ours, theirs
