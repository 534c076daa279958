"""Looks at group choices on the command line, yields groups that no defaults list has."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Edit, Fix, LinkKind, Severity
from trainlint.facts.config import MissingAppend
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.wording import written_at
from trainlint.source import Span


@rule("TL305", "missing-append", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def missing_append(chain: Chain) -> Iterator[Finding]:
    """A config group that is not in the defaults list is chosen without a `+`."""
    for problem in problems(chain, MissingAppend):
        yield Finding(
            problem.span,
            f"the group `{problem.group}` is not in the defaults list, so its choice needs a `+`",
            help=f"write `+{problem.group}={problem.option}`",
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
            fix=_add_plus(problem),
        )


def _add_plus(problem: MissingAppend) -> Fix | None:
    place = written_at(problem.span, problem.group)
    if place is None or place != problem.span:
        return None
    return Fix((Edit(Span.at(place.file, place.line, place.column), "+"),))
