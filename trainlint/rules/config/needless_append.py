"""Looks at `+key=value` overrides, yields those whose key the config has already."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Fix, LinkKind, Note, Severity
from trainlint.facts.config import NeedlessAppend
from trainlint.rules.base import Finding, inclusion_story, replace, rule
from trainlint.rules.wording import written_at
from trainlint.source import Span


@rule("TL304", "needless-append", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def needless_append(chain: Chain) -> Iterator[Finding]:
    """A `+` adds a key that the config has already, which Hydra refuses."""
    for problem in problems(chain, NeedlessAppend):
        existing = problem.existing
        there = (Note(existing.span, f"`{problem.key}` is there already"),) if existing else ()
        yield Finding(
            problem.span,
            f"`+{problem.key}` adds a key that the config has already",
            help="drop the `+`"
            + ("" if problem.is_group else f", or write `++{problem.key}` to set it either way"),
            runtime=problem.hydra,
            chain=(*there, *inclusion_story(existing.inclusion if existing else problem.inclusion)),
            fix=_drop_plus(problem),
        )


def _drop_plus(problem: NeedlessAppend) -> Fix | None:
    place = written_at(problem.span, f"+{problem.key}")
    if place is not None:
        return replace(place, problem.key)
    place = written_at(problem.span, problem.key)
    if place is None or place != problem.span or place.column < 2:
        return None
    return replace(Span(place.file, place.line, place.column - 1, place.line, place.column), "")
