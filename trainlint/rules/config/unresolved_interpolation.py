"""Looks at the interpolations of the composed config, yields those that cannot be resolved."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.accessed import resolves
from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import UnresolvedInterpolation
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.wording import listed
from trainlint.source import Span


@rule(
    "TL308",
    "unresolved-interpolation",
    severity=Severity.ERROR,
    link=LinkKind.CONFIG,
    needs=("compositions", "script", "entry"),
)
def unresolved_interpolation(chain: Chain) -> Iterator[Finding]:
    """An interpolation leads nowhere; an error where every run reads it, else a warning."""
    for problem in problems(chain, UnresolvedInterpolation):
        read = resolves(chain.script, chain.entry, problem.key) if chain.script is not None else None
        certain = read is not None or _stops_hydra(problem)
        yield Finding(
            problem.span,
            f"`{problem.expression}` in `{problem.key}` cannot be resolved: {problem.reason}",
            help=_help(problem),
            runtime=problem.hydra if certain else f"if the code reads the key: {problem.hydra}",
            chain=(*inclusion_story(problem.inclusion), *_read_here(read)),
            severity=Severity.ERROR if certain else Severity.WARNING,
        )


def _stops_hydra(problem: UnresolvedInterpolation) -> bool:
    """Whether Hydra itself needs the value before the script is called."""
    return problem.key.startswith("hydra.") or problem.hydra.startswith("Error merging override")


def _help(problem: UnresolvedInterpolation) -> str:
    if problem.nearest:
        return f"the keys there are {listed(problem.nearest)}"
    return "name a key that exists, from the root of the composed config or with leading dots from here"


def _read_here(read: Span | None) -> tuple[Note, ...]:
    return (Note(read, "every run reads it here"),) if read is not None else ()
