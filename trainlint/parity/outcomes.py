"""What runs showed and how it was judged in, all that a report tells out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trainlint.facts.parity import Compared, Divergence, Noise, ParityOutcome, Phase, Verdict
from trainlint.parity.advice import advised
from trainlint.parity.both import Both, explained
from trainlint.parity.environment import surroundings
from trainlint.parity.left_out import left_out
from trainlint.parity.series import around, series
from trainlint.parity.trial import Trial


def outcome_of(
    verdict: Verdict,
    trials: Sequence[Trial],
    apart: Sequence[Divergence],
    moved: Sequence[Noise],
    both: Both | None = None,
    missing: tuple[str, ...] = (),
    *,
    margin: float | None = None,
    grounds: tuple[str, ...] = (),
) -> ParityOutcome:
    """All that there is to tell."""
    seen = {entry.phase for ours, _ in both.pairs for entry in ours} if both is not None else set()
    wrong = {entry.phase for entry in apart}
    judged = seen | wrong
    if verdict is Verdict.INCONCLUSIVE:
        # What the reference itself does otherwise each time is neither the same nor another.
        judged -= {entry.phase for entry in moved if not entry.told}
    unmatched = (
        [f"{side}: {name}" for matching in both.matchings for side, name in matching.unmatched]
        if both
        else []
    )
    return ParityOutcome(
        verdict=verdict,
        steps=both.updates if both is not None else 0,
        phases=tuple((phase, phase not in wrong if phase in judged else None) for phase in Phase),
        divergences=tuple(explained(both, apart) if both is not None else apart),
        noise=tuple(moved),
        margin=margin if verdict is Verdict.WITHIN else _margin(apart),
        runs=tuple(trial.report for trial in trials),
        unmatched=tuple(unmatched),
        missing=missing,
        series=() if both is None else series(*both.pairs[0], both.updates),
        around=() if both is None or not apart else _around(both, apart[0]),
        surroundings=surroundings(trials),
        notes=() if both is None else tuple(left_out(both.reference)),
        grounds=(*grounds, *_pooled(both)),
        advice=advised(trials, missing),
    )


def inconclusive(
    trials: Sequence[Trial], missing: tuple[str, ...], moved: Sequence[Noise] = (), both: Both | None = None
) -> ParityOutcome:
    """Why runs say nothing."""
    return outcome_of(Verdict.INCONCLUSIVE, trials, (), moved, both, missing)


def _around(both: Both, first: Divergence) -> tuple[Compared, ...]:
    return around(*both.pairs[min(first.rank, len(both.pairs) - 1)], first)


def _pooled(both: Both | None) -> Iterator[str]:
    if both is not None and both.is_pooled:
        yield (
            f"{_processes(both.reference)} against {_processes(both.candidate)}: what enters and the losses "
            "are compared over all ranks, gradients and what follows as rank 0 has them after the exchange; "
            "what leaves the network and evaluations are not"
        )


def _processes(ranks: Sequence[object]) -> str:
    return "1 process" if len(ranks) == 1 else f"{len(ranks)} processes"


def _margin(apart: Sequence[Divergence]) -> float | None:
    """How far the first divergence is beyond its tolerance."""
    first = apart[0] if apart else None
    if first is None or first.distance is None or not first.tolerance:
        return None
    return first.distance / first.tolerance
