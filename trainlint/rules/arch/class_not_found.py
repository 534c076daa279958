"""Looks at every class and function the config names, yields those that their module does not define."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.target import NameNotFound, TargetFacts
from trainlint.rules.base import Finding, rule
from trainlint.rules.target_story import broken, link_of, rename, target_story
from trainlint.rules.wording import listed, or_nearest
from trainlint.source import Span


@rule("TL402", "class-not-found", severity=Severity.ERROR, link=LinkKind.MODEL, needs=("targets",))
def class_not_found(chain: Chain) -> Iterator[Finding]:
    """A config names a class or function that its module does not define."""
    for target, problem in broken(chain, NameNotFound):
        place = Note(Span.at(problem.module_file), f"`{problem.module}` is this file")
        yield Finding(
            target.origin.span,
            f"`{problem.module}` does not define `{problem.name}`{or_nearest(problem.nearest)}",
            help=_help(target, problem),
            runtime=problem.runtime,
            chain=(place, *target_story(target)),
            fix=rename(target),
            link=link_of(target),
        )


def _help(target: TargetFacts, problem: NameNotFound) -> str | None:
    if target.suggestion:
        return f"write `{target.suggestion}`"
    return f"it defines {listed(problem.available)}" if problem.available else None
