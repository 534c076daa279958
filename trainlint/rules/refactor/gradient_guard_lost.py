"""The evaluations of two programs in, those that keep gradients now out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Effect, Kind
from trainlint.facts.terms import Sort
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import added, lost
from trainlint.source import Span

_GUARD = "torch.no_grad"


@difference("TL623", "gradient-guard-lost", severity=Severity.WARNING, harm=Harm.RESULTS)
def gradient_guard_lost(comparison: Comparison) -> Iterator[Finding]:
    """A forward that is inside `torch.no_grad` in the reference is not any more."""
    new = [effect for effect in added(comparison, Kind.FORWARD) if not _is_guarded(effect)]
    new += [pair.candidate for pair in comparison.pairs_of(Kind.FORWARD) if not _is_guarded(pair.candidate)]
    seen = set[Span]()
    for effect in lost(comparison, Kind.EVALUATION):
        answers = [other for other in new if _answers(comparison, effect, other)]
        if answers and answers[0].span not in seen:
            seen.add(answers[0].span)
            yield Finding(
                answers[0].span,
                "this forward keeps gradients, in the reference it is inside `torch.no_grad`",
                runtime="the graph of every batch is built and kept until its loss is gone: more memory, up "
                "to out of memory, and slower",
                help="put `@torch.no_grad()` over the function, or `with torch.no_grad():` around it",
                reference=effect.span,
            )


def _is_guarded(effect: Effect) -> bool:
    return any(term.sort is Sort.CALL and term.value == _GUARD for term in effect.within)


def _answers(comparison: Comparison, effect: Effect, other: Effect) -> bool:
    """Whether a forward of the candidate stands where the evaluation stood."""
    names = {
        theirs.name.rpartition(".")[2]: mine.name.rpartition(".")[2]
        for mine, theirs in comparison.definitions
        if mine is not None and theirs is not None
    }
    trained = [pair.candidate.span for pair in comparison.pairs_of(Kind.FORWARD) if pair.reference.loops]
    return names.get(other.inside, other.inside) == effect.inside or other.span not in trained
