"""Looks at defaults lists, yields those that Hydra cannot process."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import DefaultsListInvalid
from trainlint.rules.base import Finding, inclusion_story, rule


@rule(
    "TL316", "invalid-defaults-list", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",)
)
def invalid_defaults_list(chain: Chain) -> Iterator[Finding]:
    """A defaults list has a shape, an entry or an `override` that Hydra cannot process."""
    for problem in problems(chain, DefaultsListInvalid):
        yield Finding(
            problem.span,
            problem.message,
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
        )
