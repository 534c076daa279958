"""What two programs do among their processes in, what of it is lost or done otherwise out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison, Pair
from trainlint.facts.effects import Effect, Kind, Program
from trainlint.facts.terms import Sort, Term
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import certain, lost, when
from trainlint.rules.refactor.exchanges import EXCHANGED, LOST, WITH, WRAPPERS
from trainlint.rules.refactor.ranks import asks_rank
from trainlint.rules.refactor.spelling import spelled
from trainlint.source import Span


@difference("TL625", "distributed-call-lost", severity=Severity.ERROR, harm=Harm.RESULTS)
def distributed_call_lost(comparison: Comparison) -> Iterator[Finding]:
    """The candidate leaves out, or does otherwise, what the processes of the reference do together."""
    if any(effect.name == "prepare" for effect in comparison.candidate.of(Kind.SETUP)):
        # A library wraps, shares and waits from then on.
        return
    gone = [
        effect for effect in lost(comparison, Kind.DISTRIBUTED, Kind.LOADER) if _counts(effect, comparison)
    ]
    names = set(map(_last, gone))
    follows = {name for root, others in WITH.items() if root in names for name in others - {root}}
    new = set(map(_last, comparison.added_of(Kind.DISTRIBUTED)))
    told = set[Span]()
    for effect in gone:
        is_replaced = _last(effect) in WRAPPERS and not new.isdisjoint(WRAPPERS)
        if _last(effect) not in follows and not is_replaced and effect.span not in told:
            told.add(effect.span)
            yield _lost(comparison, effect)
    # Where the optimizer steps at other times, so do the exchanges that go with it.
    moved = any(certain(pair, "condition", "loops") is not None for pair in comparison.pairs_of(Kind.STEP))
    for pair in comparison.pairs_of(Kind.DISTRIBUTED):
        if not (moved and LOST.get(_last(pair.reference)) is EXCHANGED):
            yield from _changed(pair)


def _counts(effect: Effect, comparison: Comparison) -> bool:
    """Whether what is gone tells something: data that each process takes its own part of need no sampler."""
    if effect.kind is not Kind.LOADER:
        return True
    return _last(effect) == "DistributedSampler" and not _shares(comparison.candidate)


def _shares(program: Program) -> bool:
    """`data.shard(world_size, rank)`, `rows[rank::world_size]`: one process's part of what all share."""
    seen = set[int]()
    for part in (part for term in program.written for part in term.walk(seen)):
        if part.sort is Sort.CALL or (part.sort is Sort.OPERATION and part.value == "[]"):
            facts = {inner.value for given in part.operands[1:] for inner in given.walk() if _is_fact(inner)}
            if "world size" in facts and facts & {"rank", "local rank"}:
                return True
    return False


def _is_fact(term: Term) -> bool:
    return term.sort is Sort.FACT


def _last(effect: Effect) -> str:
    return effect.name.rpartition(".")[2]


def _lost(comparison: Comparison, effect: Effect) -> Finding:
    name = _last(effect)
    other = (f"`{name}` is not called", "each process goes on with a value of its own", Severity.ERROR)
    words, runtime, severity = found = LOST.get(name, other)
    backward = comparison.candidate.of(Kind.BACKWARD) if found is EXCHANGED else ()
    return Finding(
        backward[0].span if backward else comparison.place_of(effect),
        f"{words}: the reference uses `{name}`" if name in LOST else f"{words}, as it is in the reference",
        severity=severity,
        runtime=runtime,
        help="do it where the reference does",
        reference=effect.span,
    )


def _changed(pair: Pair) -> Iterator[Finding]:
    """A call that is told something else, or that happens in other runs."""
    name = _last(pair.reference)
    parts = {"set_epoch": ("0", "epoch"), "require_backward_grad_sync": ("value",)}.get(name, ())
    found = certain(pair, *parts, "condition")
    if found is None or asks_rank(found.reference) or asks_rank(found.candidate):
        return
    words = "is called under" if found.part == "condition" else "gets"
    yield Finding(
        pair.candidate.span,
        f"`{name}` {words} `{spelled(found.candidate)}`, in the reference `{spelled(found.reference)}`",
        runtime=f"the processes are not kept together as in the reference{when(found)}",
        help="do it as the reference does",
        reference=pair.reference.span,
    )
