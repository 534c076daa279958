"""The evaluations of two programs in, those that keep gradients now out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.diagnostic import Harm, Severity
from trainlint.facts.comparison import Comparison
from trainlint.facts.effects import Kind
from trainlint.rules.base import Finding, difference
from trainlint.rules.refactor.changes import lost
from trainlint.rules.refactor.guards import unguarded
from trainlint.source import Span


@difference("TL623", "gradient-guard-lost", severity=Severity.WARNING, harm=Harm.RESULTS)
def gradient_guard_lost(comparison: Comparison) -> Iterator[Finding]:
    """A forward that is inside `torch.no_grad` in the reference is not any more."""
    seen = set[Span]()
    for effect in lost(comparison, Kind.EVALUATION):
        bare = unguarded(comparison, effect)
        if bare is not None and bare.span not in seen:
            seen.add(bare.span)
            yield Finding(
                bare.span,
                "this forward keeps gradients, in the reference it is inside `torch.no_grad`",
                runtime="the graph of every batch is built and kept until its loss is gone: more memory, up "
                "to out of memory, and slower",
                help="put `@torch.no_grad()` over the function, or `with torch.no_grad():` around it",
                reference=effect.span,
            )
