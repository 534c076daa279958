"""What two programs do on one process alone in, what the candidate does on each of them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, lost
from trainlint.rules.refactor.ranks import asks_rank

#: What one process alone is to do, the worst first, and what comes of it where each does.
_ALONE = {
    Kind.SAVE: ("a checkpoint is written", "all processes write the same file at once, which may break it"),
    Kind.FILE: ("a file is written", "all processes write the same file at once, which may break it"),
    Kind.EVALUATION: ("the model is evaluated", "each process does what one did for all"),
    Kind.SETUP: ("this is done", "each process does what one did for all"),
    Kind.LOG: ("values are reported", "each line comes as often as there are processes"),
}
#: What all processes are to do together.
_TOGETHER = (Kind.DISTRIBUTED, Kind.FORWARD, Kind.BACKWARD, Kind.STEP)


@difference("TL624", "rank-guard-lost", severity=Severity.ERROR, harm=Harm.RESULTS)
def rank_guard_lost(comparison: Comparison) -> Iterator[Finding]:
    """Each process does what only one did, or only one what all did."""
    if any(effect.name.endswith(".init_process_group") for effect in lost(comparison, Kind.DISTRIBUTED)):
        return
    for group in _runs(comparison):
        worst = min(group, key=lambda pair: tuple(_ALONE).index(pair.reference.kind))
        yield _unguarded(worst)
    for pair in comparison.pairs_of(*_TOGETHER):
        found = certain(pair, "condition")
        if found is not None and asks_rank(found.candidate) and not asks_rank(found.reference):
            yield _guarded(pair)
            return


def _runs(comparison: Comparison) -> Iterator[list[Pair]]:
    """What lost its guard, those together that stood behind one in the reference."""
    groups: list[list[Pair]] = []
    for pair in filter(_is_unguarded, comparison.pairs_of(*_ALONE)):
        known = next((group for group in groups if any(_go_together(pair, other) for other in group)), None)
        if known is None:
            groups.append([pair])
        else:
            known.append(pair)
    return iter(groups)


def _go_together(one: Pair, other: Pair) -> bool:
    """Whether two effects happen in one loop, the one whenever the other does."""
    mine, theirs = ({*pair.reference.condition} for pair in (one, other))
    loops = [[loop.span for loop in pair.reference.loops[:1]] for pair in (one, other)]
    return loops[0] == loops[1] and (mine <= theirs or theirs <= mine)


def _is_unguarded(pair: Pair) -> bool:
    found = certain(pair, "condition")
    return (
        found is not None
        and asks_rank(found.reference)
        and not any(map(asks_rank, pair.candidate.condition))
        and pair.candidate.doubt is None
    )


def _unguarded(pair: Pair) -> Finding:
    words, runtime = _ALONE[pair.reference.kind]
    return Finding(
        pair.candidate.span,
        f"{words} by each process: in the reference only by one",
        severity=Severity.ERROR if pair.reference.kind in (Kind.SAVE, Kind.FILE) else Severity.WARNING,
        runtime=f"in a run of several processes {runtime}",
        help="ask for the rank as the reference does",
        reference=pair.reference.span,
    )


def _guarded(pair: Pair) -> Finding:
    return Finding(
        pair.candidate.span,
        f"only some processes come here: in the reference all do `{pair.reference.name.rpartition('.')[2]}`",
        runtime="the other processes wait for this one, or it for them: a run of several processes hangs",
        help="do it on every process, without asking for the rank",
        reference=pair.reference.span,
    )
