"""The loops of two programs in, where the candidate trains or evaluates for another number of turns out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Difference, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, steps_elsewhere, when
from trainlint.rules.refactor.departures import asked_at, is_moved
from trainlint.rules.refactor.origins import is_world_size, loop_of
from trainlint.rules.refactor.ranks import asks_rank
from trainlint.rules.refactor.resumed import of_leaving, of_resumed
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL627", "iteration-count-changed", severity=Severity.ERROR, harm=Harm.RESULTS)
def iteration_count_changed(comparison: Comparison) -> Iterator[Finding]:
    """The optimizer makes another number of steps, or an evaluation takes another number of batches."""
    found = dict[Span, Finding]()
    for pair in comparison.pairs_of(Kind.STEP):
        for finding in _of_step(comparison, pair):
            found[finding.span] = finding
    for pair in comparison.pairs_of(Kind.EVALUATION):
        batches = certain(pair, "batches")
        if batches is not None and pair.reference.loops and pair.candidate.loops:
            place = pair.candidate.loops[-1].span
            found.setdefault(place, _of_batches(pair, batches, place))
    for pair in () if steps_elsewhere(comparison) else comparison.pairs_of(Kind.BACKWARD):
        times = certain(pair, "times")
        if times is not None and not _is_shared(times):
            place = loop_of(pair.candidate, times.candidate)
            found.setdefault(place, _of_batches(pair, times, place))
    yield from found.values()


def _of_step(comparison: Comparison, pair: Pair) -> Iterator[Finding]:
    turns, condition = certain(pair, "turns"), certain(pair, "condition")
    starts = _start(pair.reference), _start(pair.candidate)
    resumed = of_resumed(comparison, pair) or of_leaving(comparison, pair)
    if resumed is not None:
        yield resumed
    elif turns is not None:
        words = f"the training loop goes on for another number of turns{when(turns)}"
        harm = "the run stops earlier or later than the reference, or goes on from another step"
        yield _finding(comparison, pair, turns, words, harm)
    elif condition is not None and not _is_of_processes(condition):
        was, now = spelled(condition.reference), spelled(condition.candidate)
        words = f"the optimizer steps if `{now}`, in the reference if `{was}`"
        harm = f"it makes other steps, with the gradients of other batches{when(condition)}"
        yield _finding(comparison, pair, condition, words, harm)
    elif starts[0] is not None and starts[1] is not None and is_moved(starts[0], starts[1]):
        yield _begun(comparison, pair, starts[0], starts[1])


def _is_of_processes(found: Difference) -> bool:
    """Whether a condition differs in a way that rules about processes tell of."""
    return asks_rank(found.reference) or asks_rank(found.candidate) or _is_shared(found)


def _finding(comparison: Comparison, pair: Pair, found: Difference, words: str, harm: str) -> Finding:
    return Finding(
        _asked(comparison.candidate, pair.candidate, found.candidate, found.reference, found.part),
        words,
        runtime=harm,
        help="begin, go on and end as the reference does",
        reference=_asked(comparison.reference, pair.reference, found.reference, found.candidate, found.part),
    )


def _begun(comparison: Comparison, pair: Pair, mine: Term, theirs: Term) -> Finding:
    return Finding(
        _given(comparison.candidate, theirs, pair.candidate.loops[0].span),
        f"the training loop begins at `{spelled(theirs)}`, in the reference at `{spelled(mine)}`",
        runtime="a run that goes on does a turn twice, or leaves one out",
        help="begin where the reference does",
        reference=_given(comparison.reference, mine, pair.reference.loops[0].span),
    )


def _of_batches(pair: Pair, found: Difference, place: Span) -> Finding:
    """Another number of batches in a mean, or in a step."""
    evaluates = found.part == "batches"
    what, harm = (
        ("an evaluation", "what is reported is the mean of other batches")
        if evaluates
        else ("the accumulation", "each step is made with the gradients of more or fewer batches")
    )
    return Finding(
        place,
        f"{what} takes `{spelled(found.candidate)}` batches, in the reference `{spelled(found.reference)}`",
        severity=Severity.WARNING if evaluates else None,
        runtime=f"{harm}{when(found)}",
        help="take as many batches as the reference",
        reference=pair.reference.loops[-1].span if evaluates else loop_of(pair.reference, found.reference),
    )


def _is_shared(found: Difference) -> bool:
    """Whether the reference shares its steps among the processes and the candidate does not."""
    counts = (found.reference, found.candidate)
    mine, theirs = (term is not None and any(map(is_world_size, term.walk())) for term in counts)
    return mine and not theirs


def _asked(program: Program, effect: Effect, mine: Term | None, theirs: Term | None, part: str) -> Span:
    """Where a program asks something of which it depends whether it goes on, and the other does not."""
    if mine is None or theirs is None or not effect.loops:
        return effect.span
    is_counted = part == "turns" and effect.loops[0].over.value == "range"
    place = None if is_counted else asked_at(program, mine, theirs)
    return place or effect.loops[0].span


def _given(program: Program, start: Term, used: Span) -> Span:
    """Where a variable is given what a loop begins with; of a choice, one of the two."""
    sides = start.operands[1:] if start.sort is Sort.OPERATION and start.value == "if" else (start,)
    places = [place for side in sides for place in program.written.get(side, ())]
    return places[0] if places else used


def _start(effect: Effect) -> Term | None:
    """The number that the outermost loop around an effect begins with."""
    over = effect.loops[0].over if effect.loops else None
    is_range = over is not None and over.sort is Sort.OPERATION and over.value == "range"
    return over.operands[0] if over is not None and is_range and len(over.operands) > 1 else None
