"""Looks at the interpolations of the composed config, yields those that cannot be resolved."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.accessed import resolves
from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import UnresolvedInterpolation
from trainlint.regex import regex
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.wording import listed
from trainlint.source import Span

_REFERENCE = regex(r"\$\{([\w.\[\]-]+)\}")


@rule(
    "TL308",
    "unresolved-interpolation",
    severity=Severity.ERROR,
    link=LinkKind.CONFIG,
    needs=("compositions", "script", "entry"),
)
def unresolved_interpolation(chain: Chain) -> Iterator[Finding]:
    """An interpolation leads nowhere; an error where every run reads it, else a warning."""
    for cause, keys in _causes(list(problems(chain, UnresolvedInterpolation))):
        read = next((span for key in keys if (span := _read_of(chain, key)) is not None), None)
        certain = read is not None or _stops_hydra(cause)
        yield Finding(
            cause.span,
            f"`{cause.expression}` in `{cause.key}` cannot be resolved: {cause.reason}",
            help=_help(cause),
            runtime=cause.hydra if certain else f"if the code reads the key: {cause.hydra}",
            chain=(*_read_here(read), *inclusion_story(cause.inclusion)),
            severity=Severity.ERROR if certain else Severity.WARNING,
        )


def _causes(
    found: list[UnresolvedInterpolation],
) -> Iterator[tuple[UnresolvedInterpolation, list[str]]]:
    """The interpolations that fail by themselves, each with the keys that fail because of it.

    In a circle each fails because of another; the first one stands for all.
    """
    broken = {problem.key: problem for problem in found}
    causes = {problem.key: _cause(problem, broken) for problem in found}
    for key, problem in broken.items():
        if causes[key] == key:
            yield problem, [other for other, cause in causes.items() if cause == key]


def _cause(problem: UnresolvedInterpolation, broken: dict[str, UnresolvedInterpolation]) -> str:
    seen: list[str] = []
    key: str | None = problem.key
    while key is not None and key not in seen:
        seen.append(key)
        named = _REFERENCE.findall(broken[key].expression)
        key = next((reference for reference in named if reference in broken), None)
    return seen[-1] if key is None else min(seen[seen.index(key) :], key=list(broken).index)


def _read_of(chain: Chain, key: str) -> Span | None:
    return resolves(chain.script, chain.entry, key) if chain.script is not None else None


def _stops_hydra(problem: UnresolvedInterpolation) -> bool:
    """Whether Hydra itself needs the value before the script is called."""
    return problem.key.startswith("hydra.") or problem.hydra.startswith("Error merging override")


def _help(problem: UnresolvedInterpolation) -> str:
    if problem.nearest:
        return f"the keys there are {listed(problem.nearest)}"
    return "name a key that exists, from the root of the composed config or with leading dots from here"


def _read_here(read: Span | None) -> tuple[Note, ...]:
    return (Note(read, "every run reads it here"),) if read is not None else ()
