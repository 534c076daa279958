"""Runs of the reference alone in, how far each quantity moves by itself out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from trainlint.facts.parity import Divergence, Noise, Observation, Phase
from trainlint.parity.compare import ORDER, Key, Tolerance, divergences, exactly, in_order, key
from trainlint.parity.distance import distance, is_whole
from trainlint.parity.ranks import Ranks

#: How much further than rounding moved it a quantity may be off. In measurements, harmless changes moved
#: quantities by at most 1.1 times the estimate and bugs by at least 26 times.
MARGIN = 4.0
#: The relative error of one rounding in fp32, which most numbers of a run are held in.
ROUNDING = 2.0**-24
#: What moves here moves all that follows.
INFLUENTIAL = (Phase.INIT, Phase.GRAD, Phase.UPDATE)


def noise(reference: Ranks, again: Ranks, updates: int) -> tuple[Noise, ...]:
    """What differs between two runs of one program, on any rank, each quantity where it is seen first.

    Clocks, orders of sets, seeds that nobody fixed.
    """
    ranks = zip(reference, again, strict=False)
    apart = in_order(chain.from_iterable(divergences(*both, exactly, updates) for both in ranks))
    found: dict[tuple[Phase, str], Noise] = {}
    for entry in apart:
        moved = Noise(entry.phase, entry.quantity, entry.reference_site, entry.told, entry.step)
        found.setdefault((entry.phase, entry.quantity), moved)
    return tuple(found.values())


def without(moved: Sequence[Noise], apart: Iterable[Divergence]) -> list[Divergence]:
    """What is left where quantities that move by themselves say nothing."""
    since = {(entry.phase, entry.quantity): entry.step for entry in moved}
    return [entry for entry in apart if entry.step < since.get((entry.phase, entry.quantity), entry.step + 1)]


#: What is said of a program that does otherwise each time.
UNREPEATED = "does not repeat itself"


def suspect(moved: Iterable[Noise], first: Divergence | None = None) -> Noise | None:
    """What moves by itself and may be why two runs first part; whatever moves where they do not part.

    It comes in no later update and no later phase. What programs only tell is nobody's cause.
    """
    computed = (entry for entry in moved if not entry.told)
    return next((entry for entry in computed if first is None or _comes_before(entry, first)), None)


def _comes_before(moved: Noise, first: Divergence) -> bool:
    return moved.step <= first.step and ORDER[moved.phase] <= ORDER[first.phase]


def unsteady(program: str, itself: Noise | Divergence) -> str:
    """Why a program that does otherwise each time cannot be held against another."""
    return f"the {program} {UNREPEATED}: {itself.quantity} ({itself.phase.value})"


def shaken(pairs: Iterable[tuple[Sequence[Observation], Sequence[Observation]]]) -> dict[Key, float]:
    """How far each quantity is from the reference's at most where its weights were perturbed.

    Each pair is what a rank of the reference shows, and what it shows then.
    """
    moved: dict[Key, float] = {}
    for reference, perturbed in pairs:
        others = {key(entry): entry for entry in perturbed}
        for entry in reference:
            other = others.get(key(entry))
            apart = None if other is None else distance(entry.value, other.value)
            if apart is not None:
                moved[key(entry)] = max(moved.get(key(entry), 0.0), apart)
    return moved


def allowing(moved: Mapping[Key, float], least: float = ROUNDING, margin: float = MARGIN) -> Tolerance:
    """The tolerance that follows from how far each quantity moved.

    `least` is the relative error that one rounding makes, and the floor: a quantity that happened not to
    move in any of the runs may still be rounded otherwise, whole numbers excepted.
    """

    def allowed(entry: Observation) -> float | None:
        apart = moved.get(key(entry))
        return None if apart is None or (not apart and is_whole(entry.value)) else margin * max(apart, least)

    return allowed
