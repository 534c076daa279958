"""An object that the run builds in, the parts that all findings about its arguments have in common out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from trainlint.chain.model import Chain
from trainlint.diagnostic import Confidence, LinkKind, Note, Severity
from trainlint.facts.construction import ArgumentProblem, ConstructionFacts
from trainlint.facts.target import TargetRole

P = TypeVar("P", bound=ArgumentProblem)

_LINKS = {
    TargetRole.LOSS: LinkKind.LOSS,
    TargetRole.DATA: LinkKind.DATA,
    TargetRole.EVALUATOR: LinkKind.EVALUATOR,
}


def refused(chain: Chain, kind: type[P]) -> Iterator[tuple[ConstructionFacts, P]]:
    """The arguments with one kind of problem, each place once over all sweep points and calls."""
    seen = set()
    for built in chain.constructions:
        for problem in built.problems:
            key = (built.origin.span, built.text, built.key, problem)
            if isinstance(problem, kind) and key not in seen:
                seen.add(key)
                yield built, problem


def construction_notes(built: ConstructionFacts) -> tuple[Note, ...]:
    """Where the callee says what it takes, and which call builds it."""
    declared = (Note(built.declared, f"`{built.text}` is declared here"),) if built.declared else ()
    site = (Note(built.site, "built by this call"),) if built.site else ()
    return (*declared, *site)


def link_of(built: ConstructionFacts) -> LinkKind:
    """The link of the chain that a fault of the object breaks."""
    return _LINKS.get(built.role, LinkKind.MODEL)


def weight(built: ConstructionFacts) -> tuple[Severity | None, Confidence]:
    """What the launch may not come to, or calls later if at all, is a warning."""
    if not built.certain:
        return Severity.WARNING, Confidence.LOW
    return (Severity.WARNING if built.later else None), Confidence.HIGH
