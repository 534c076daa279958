"""Looks at the interpolations of the composed config, yields those that cannot be resolved."""

from __future__ import annotations

from collections.abc import Container, Iterator

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
    failing: dict[str, list[str]] = {}
    for key, cause in _ends({key: _named(problem, broken) for key, problem in broken.items()}).items():
        failing.setdefault(cause, []).append(key)
    for key, problem in broken.items():
        if key in failing:
            yield problem, failing[key]


def _named(problem: UnresolvedInterpolation, broken: Container[str]) -> str | None:
    """The first of the interpolation's references that cannot be resolved either."""
    return next((name for name in _REFERENCE.findall(problem.expression) if name in broken), None)


def _ends(after: dict[str, str | None]) -> dict[str, str]:
    """Where each series of references ends; the first key of a circle stands for it."""
    ends: dict[str, str] = {}
    position = {key: number for number, key in enumerate(after)}
    for key in after:
        way: dict[str, None] = {}
        here: str | None = key
        last = key
        while here is not None and here not in ends and here not in way:
            way[here] = None
            last, here = here, after[here]
        if here is None:
            end = last
        elif here in ends:
            end = ends[here]
        else:
            steps = list(way)
            end = min(steps[steps.index(here) :], key=position.__getitem__)
        ends.update(dict.fromkeys(way, end))
    return ends


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
