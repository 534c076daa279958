"""Looks at defaults lists and group choices, yields the options that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.config import DefaultNotFound
from trainlint.rules.base import Finding, inclusion_story, nearest, replace, rule
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL302", "default-not-found", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def default_not_found(chain: Chain) -> Iterator[Finding]:
    """A defaults list or a group override names a config that does not exist."""
    for problem in problems(chain, DefaultNotFound):
        near = nearest(problem.option, problem.available, cutoff=0.75)
        yield Finding(
            problem.span,
            f"there is no config {_named(problem)}{or_nearest(near)}",
            help=_help(problem, near),
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
            fix=_fix(problem, near),
        )


def _named(problem: DefaultNotFound) -> str:
    if not problem.group:
        return f"`{problem.option}`"
    return f"`{problem.option}` in the group `{problem.group}`"


def _help(problem: DefaultNotFound, near: str | None) -> str | None:
    if near:
        return f"name `{near}`"
    if problem.available:
        return f"the options are {listed(problem.available)}"
    return f"looked in {listed(problem.searched)}" if problem.searched else None


def _fix(problem: DefaultNotFound, near: str | None) -> Fix | None:
    place = written_at(problem.span, problem.option)
    return replace(place, near) if near and place else None
