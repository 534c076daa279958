"""What runs of two programs came to in, the words that all its reports share out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.facts.parity import Divergence, ParityOutcome, Phase, Verdict
from trainlint.report.places import counted


def headline(outcome: ParityOutcome) -> str:
    """The verdict in a line."""
    updates = counted(outcome.steps, "update", "updates")
    if outcome.verdict is Verdict.EQUAL:
        return f"equal: the same to the last bit over {updates}"
    if outcome.verdict is Verdict.WITHIN:
        return f"equal within tolerance: over {updates} nothing is further off than {_explains(outcome)}"
    if outcome.verdict is Verdict.DIVERGED:
        first = outcome.divergences[0]
        return f"diverged: {when(first)}, {first.phase.value}: {first.quantity}"
    return "inconclusive"


def when(entry: Divergence) -> str:
    """`update 3 on rank 1`."""
    rank = f" on rank {entry.rank}" if entry.rank else ""
    return "before the first update" if entry.step < 0 else f"update {entry.step + 1}{rank}"


def apart(entry: Divergence, outcome: ParityOutcome) -> str:
    """How far the two sides are apart, and how far they may be."""
    if entry.distance is None:
        return ""
    allowed = "" if entry.tolerance is None else f", {_explains(outcome)} {entry.tolerance:.2g}"
    return f"{entry.distance:.3g} relative{allowed}"


def _explains(outcome: ParityOutcome) -> str:
    """Where tolerances come from."""
    return "you allow" if outcome.is_bounded else "rounding explains"


def first_in(outcome: ParityOutcome, phase: Phase) -> Divergence | None:
    """The first divergence of a phase."""
    return next((entry for entry in outcome.divergences if entry.phase is phase), None)


def margin(outcome: ParityOutcome) -> Iterator[str]:
    """How far the first divergence is beyond its tolerance, or what is within it at most."""
    if outcome.margin is not None and outcome.verdict is Verdict.DIVERGED:
        yield f"{outcome.margin:.2g} times what {_explains(outcome)}"
    if outcome.margin is not None and outcome.verdict is Verdict.WITHIN:
        yield f"at most {outcome.margin:.2g} of what {_explains(outcome)}"


def surroundings_in_words(outcome: ParityOutcome) -> str:
    """`torch 2.5, 2 threads, cpu, float32, torch.compile off`; where the sides differ, both."""
    known = {entry.name: entry for entry in outcome.surroundings}
    said = []
    for name, before, after in _TOLD_OF:
        entry = known.get(name)
        if entry is not None:
            values = dict.fromkeys(_SWITCH.get(value, value) for value in (entry.reference, entry.candidate))
            said.append(f"{before}{' and '.join(filter(None, values))}{after}")
    return ", ".join(said)


#: Names of what is told in a line, with the words before and after it.
_TOLD_OF = (
    ("torch", "torch ", ""),
    ("device", "", ""),
    ("dtype", "", ""),
    ("threads", "", " threads"),
    ("compiled", "torch.compile ", ""),
    ("deterministic", "deterministic kernels ", ""),
)
_SWITCH = {"True": "on", "False": "off"}
