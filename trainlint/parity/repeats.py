"""The reference run again in, what moves by itself and why out.

The second run has other seeds for whatever the program leaves to chance: Python's and numpy's generators if
it never seeds them, and the order of sets of texts. Where something moves, a third has the same seeds as the
first, and a fourth the other order alone: what moves in the third is another in each run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trainlint.facts.parity import Noise, Phase
from trainlint.parity.both import observed
from trainlint.parity.noise import noise
from trainlint.parity.observe import generators
from trainlint.parity.pieces import Form
from trainlint.parity.probe.plan import Plan
from trainlint.parity.trial import Run, Trial
from trainlint.record import record

_SETS = "the order of a set of texts, which PYTHONHASHSEED decides"
_OTHER = "another in each run: a clock, the system's entropy, threads"
_UNSEEDED = "a generator that is never seeded"

#: Bytes of tensors that a run may keep, from the update before the first that differs.
CONTENTS = 1 << 29
#: The seeds of the perturbations.
_PERTURBATIONS = (1, 2, 3)

Quantity = tuple[Phase, str]


@record
class Repeats:
    """Further runs of the reference: the one that others are held against, all, and what moved in any.

    `loose` is what the comparison must leave out: it moves with the same seeds, too.
    """

    reference: Trial
    trials: tuple[Trial, ...]
    moved: tuple[Noise, ...]
    loose: tuple[Noise, ...]


def repeated(run: Run, kept: Plan, first: Trial, forms: Sequence[Sequence[Form]]) -> Repeats:
    """Run the reference again, and more often where it moves."""
    again = run("reference again", False, replace(kept, seed=1, hashes=1))
    moved = moves(first, again, forms)
    if all(entry.told for entry in moved):
        return Repeats(again, (again,), moved, moved)
    same = run("reference, same seeds", False, kept)
    sets = run("reference, sets in another order", False, replace(kept, contents=0, hashes=1))
    loose, ordered = moves(first, same, forms), _quantities(moves(first, sets, forms))
    clocks = _apart(first, same)
    seeds = _apart(first, again)
    restless = [
        replace(entry, cause=_named(clocks, "seeded otherwise in each run", _OTHER)) for entry in loose
    ]
    known = _quantities(loose)
    for entry in moved:
        if (entry.phase, entry.quantity) not in known:
            is_order = (entry.phase, entry.quantity) in ordered
            restless.append(
                replace(entry, cause=_SETS if is_order else _named(seeds, "never seeded", _UNSEEDED))
            )
    return Repeats(same, (again, same, sets), tuple(restless), loose)


def nudged(run: Run, kept: Plan) -> list[Trial]:
    """The reference with each weight moved by one machine epsilon: what it comes to is what rounding does."""
    return [
        run(f"reference, weights nudged ({seed})", False, replace(kept, perturb=seed))
        for seed in _PERTURBATIONS
    ]


def moves(one: Trial, other: Trial, forms: Sequence[Sequence[Form]] = ()) -> tuple[Noise, ...]:
    """What differs between two runs of one program, its parameters in the forms given."""
    return noise(observed(one, forms), observed(other, forms), min(one.updates, other.updates))


def _quantities(entries: Iterable[Noise]) -> set[Quantity]:
    return {(entry.phase, entry.quantity) for entry in entries}


def _named(generators: Sequence[str], how: str, otherwise: str) -> str:
    return f"{' and '.join(generators)}: {how}" if generators else otherwise


def _apart(one: Trial, other: Trial) -> list[str]:
    """The generators that stand elsewhere before the first pass."""
    found: dict[str, str] = {}
    for ours, theirs in zip(one.traces, other.traces, strict=False):
        states, others = generators(ours), generators(theirs)
        found |= {name: f"{name}'s generator" for name in states if states[name] != others.get(name)}
    return list(found.values())
