"""Looks at the `???` values of the composed config, yields those that nothing fills, all at once."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.accessed import may_fill, needs_value
from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import Composition, MissingValue, SchemaMismatch
from trainlint.rules.base import Finding, inclusion_story, rule
from trainlint.rules.wording import listed


@rule(
    "TL309",
    "missing-mandatory-value",
    severity=Severity.ERROR,
    link=LinkKind.CONFIG,
    needs=("compositions", "script", "entry", "launch", "job"),
)
def missing_mandatory_value(chain: Chain) -> Iterator[Finding]:
    """A `???` is filled by nothing; an error where Hydra or every run needs it, else a warning."""
    needed: dict[str, MissingValue] = {}
    others: dict[str, MissingValue] = {}
    refused = {problem.key for problem in problems(chain, SchemaMismatch)}
    for composition in chain.compositions:
        refused = {problem.key for problem in composition.problems if isinstance(problem, SchemaMismatch)}
        for problem in composition.problems:
            if isinstance(problem, MissingValue) and problem.key not in refused:
                group = needed if _is_needed(chain, composition, problem) else others
                group.setdefault(problem.key, problem)
    if needed:
        yield _finding(chain, needed)
    for key, problem in others.items():
        if chain.script is None or not may_fill(chain.script, key):
            yield _doubt(key, problem)


def _is_needed(chain: Chain, composition: Composition, problem: MissingValue) -> bool:
    if problem.needed:
        return True
    script = chain.script
    return script is not None and needs_value(script, chain.entry, composition, problem.key) is not None


def _finding(chain: Chain, missing: dict[str, MissingValue]) -> Finding:
    first = next(iter(missing.values()))
    reference = chain.launch.script
    verb = "is" if len(missing) == 1 else "are"
    settings = " ".join(f"{key}=…" for key in missing)
    return Finding(
        reference.span if reference is not None else chain.job.span,
        f"{listed(missing)} {verb} `???` in the config and this launch does not set {_it(missing)}",
        help=f"add {settings}",
        runtime=first.hydra,
        chain=tuple(note for key, problem in missing.items() for note in _story(key, problem)),
    )


def _doubt(key: str, problem: MissingValue) -> Finding:
    """Told where the `???` stands, so that all launches that leave it unfilled share one finding."""
    return Finding(
        problem.span,
        f"`{key}` is `???` and nothing fills it",
        help=f"add {key}=…, or give it a default, if the code reads it",
        runtime=f"if the code reads it: {problem.hydra}",
        chain=inclusion_story(problem.inclusion),
        severity=Severity.WARNING,
    )


def _it(missing: dict[str, MissingValue]) -> str:
    return "it" if len(missing) == 1 else "them"


def _story(key: str, problem: MissingValue) -> tuple[Note, ...]:
    return (Note(problem.span, f"`{key}` is mandatory here"), *inclusion_story(problem.inclusion))
