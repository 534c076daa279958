"""Looks at the primary config, yields the launch whose config or config folder does not exist."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Fix, LinkKind, Severity
from trainlint.facts.config import ConfigNotFound
from trainlint.rules.base import Finding, inclusion_story, nearest, replace, rule
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL301", "config-not-found", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def config_not_found(chain: Chain) -> Iterator[Finding]:
    """The primary config, or the folder it should be in, does not exist."""
    for problem in problems(chain, ConfigNotFound):
        near = nearest(problem.name, problem.available, cutoff=0.75)
        yield Finding(
            problem.span,
            _message(problem, near),
            help=_help(problem, near),
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
            fix=_fix(problem, near),
        )


def _message(problem: ConfigNotFound, near: str | None) -> str:
    searched = f" in {listed(problem.searched)}" if problem.searched else ""
    if problem.hydra.startswith("Using config_path"):
        return f"the config path `{problem.name}` must be a folder; the config's name goes into config_name"
    if problem.missing_directory:
        return f"the config folder{searched.removeprefix(' in')} does not exist"
    return f"there is no config `{problem.name}`{searched}{or_nearest(near)}"


def _help(problem: ConfigNotFound, near: str | None) -> str | None:
    if problem.hydra.startswith("Using config_path"):
        return None
    if near:
        return f"name `{near}`"
    return f"there are {listed(problem.available)}" if problem.available else None


def _fix(problem: ConfigNotFound, near: str | None) -> Fix | None:
    place = written_at(problem.span, problem.name)
    return replace(place, near) if near and place else None
