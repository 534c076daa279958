"""The observations of two runs in, the same by phase, quantity and update out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from trainlint.facts.parity import Digest, Divergence, Observation, Phase, Value
from trainlint.record import record

#: What a run showed of a quantity, by update.
Series = Mapping[int, Value]
_PER_PASS = " of micro-step "


@record
class Shown:
    """What one run showed, by phase and quantity."""

    phases: Mapping[Phase, Mapping[str, Series]]

    def series(self, phase: Phase, quantity: str) -> Series:
        """A quantity over the updates; empty where the run has no such thing."""
        return self.phases.get(phase, {}).get(quantity, {})

    def value(self, step: int, phase: Phase, quantity: str) -> Value:
        """A quantity at one update; None where it is not there."""
        return self.series(phase, quantity).get(step)

    def at(self, step: int, phase: Phase) -> Iterator[tuple[str, Value]]:
        """All quantities of a phase at one update."""
        for quantity, series in self.phases.get(phase, {}).items():
            if step in series:
                yield quantity, series[step]

    def tensors(self, step: int, phase: Phase) -> dict[str, Digest]:
        """The tensors of a phase at one update."""
        return {name: value for name, value in self.at(step, phase) if isinstance(value, Digest)}

    def count(self, step: int, what: str) -> int | None:
        """How many passes or steps an update has."""
        value = self.value(step, Phase.STRUCTURE, what)
        return int(value) if isinstance(value, float) else None


@record
class Evidence:
    """Both runs of one rank, and which quantities differ at an update and phase.

    `same_draws`: the random generator stood at the same place in both when training began. `ranks`: how many
    processes train together, `rank`: which of them it is. `draws`: what one of them draws that the other does
    not, by update. `reference_ranks`, `candidate_ranks`: what each of the processes showed.
    """

    reference: Shown
    candidate: Shown
    apart: Mapping[tuple[int, Phase], frozenset[str]]
    same_draws: bool
    ranks: int
    draws: Mapping[int, str] = field(default_factory=dict)
    rank: int = 0
    reference_ranks: tuple[Shown, ...] = ()
    candidate_ranks: tuple[Shown, ...] = ()

    def values(self, entry: Divergence) -> tuple[Value, Value]:
        """What both runs showed where they differ."""
        place = entry.step, entry.phase, entry.quantity
        return self.reference.value(*place), self.candidate.value(*place)

    def tensors(self, entry: Divergence) -> tuple[Digest, Digest] | None:
        """Both tensors, where there are two."""
        ours, theirs = self.values(entry)
        return (ours, theirs) if isinstance(ours, Digest) and isinstance(theirs, Digest) else None

    def numbers(self, entry: Divergence) -> tuple[float, float] | None:
        """Both numbers, where there are two."""
        ours, theirs = self.values(entry)
        return (ours, theirs) if isinstance(ours, float) and isinstance(theirs, float) else None

    def are_equal(self, step: int, phase: Phase, start: str = "") -> bool:
        """Whether there are quantities of that name at an update and phase, and none of them differs."""
        there = [name for name, _ in self.reference.at(step, phase) if name.startswith(start)]
        return bool(there) and self.apart.get((step, phase), frozenset()).isdisjoint(there)


def shown(observations: Iterable[Observation]) -> Shown:
    """What one run showed, by phase, quantity and update."""
    phases: dict[Phase, dict[str, dict[int, Value]]] = {}
    for entry in observations:
        phases.setdefault(entry.phase, {}).setdefault(entry.quantity, {})[entry.step] = entry.value
    return Shown(phases)


def evidence(
    reference: Iterable[Observation],
    candidate: Iterable[Observation],
    apart: Iterable[Divergence],
    *,
    same_draws: bool,
    ranks: int,
    draws: Mapping[int, str] | None = None,
) -> Evidence:
    """What both runs showed, and where they differ, ready to be asked."""
    together: dict[tuple[int, Phase], set[str]] = {}
    for entry in apart:
        together.setdefault((entry.step, entry.phase), set()).add(entry.quantity)
    places = {place: frozenset(names) for place, names in together.items()}
    return Evidence(shown(reference), shown(candidate), places, same_draws, ranks, draws or {})


def per_pass(quantity: str) -> str:
    """What a quantity of a pass is called in each of the passes."""
    return quantity.partition(_PER_PASS)[0]
