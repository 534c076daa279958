"""A target in, the parts that all findings about targets have in common out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from trainlint.chain.model import Chain
from trainlint.diagnostic import Fix, LinkKind, Note
from trainlint.facts.target import TargetFacts, TargetProblem, TargetRole
from trainlint.rules.base import replace, value_story
from trainlint.rules.wording import written_at

P = TypeVar("P", bound=TargetProblem)

_LINKS = {
    TargetRole.LOSS: LinkKind.LOSS,
    TargetRole.DATA: LinkKind.DATA,
    TargetRole.EVALUATOR: LinkKind.EVALUATOR,
}


def broken(chain: Chain, kind: type[P]) -> Iterator[tuple[TargetFacts, P]]:
    """The targets with one kind of problem, each place and text once over all sweep points."""
    seen = set()
    for target in chain.targets:
        key = (target.origin.span, target.text)
        if isinstance(target.problem, kind) and key not in seen:
            seen.add(key)
            yield target, target.problem


def target_story(target: TargetFacts) -> tuple[Note, ...]:
    """Which function turns the name into a class, and how it came into the config."""
    loader = (Note(target.loader, "turned into a class here"),) if target.loader else ()
    return (*loader, *value_story(target.origin))


def link_of(target: TargetFacts) -> LinkKind:
    """The link of the chain that a fault of the target breaks."""
    return _LINKS.get(target.role, LinkKind.MODEL)


def rename(target: TargetFacts) -> Fix | None:
    """The edit that writes the suggestion in place of the text, when that stands there verbatim."""
    place = written_at(target.origin.span, target.text)
    if target.suggestion is None or place is None:
        return None
    return replace(place, target.suggestion)
