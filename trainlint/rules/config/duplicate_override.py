"""Looks at a launch's overrides, yields the keys that are assigned twice."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import DuplicateOverride
from trainlint.rules.base import Finding, rule
from trainlint.source import Span


@rule(
    "TL313",
    "duplicate-override",
    severity=Severity.WARNING,
    link=LinkKind.CONFIG,
    needs=("compositions", "job"),
)
def duplicate_override(chain: Chain) -> Iterator[Finding]:
    """One command assigns the same key twice; the last one wins in silence."""
    for problem in problems(chain, DuplicateOverride):
        if problem.span == problem.first:  # one word that the shell makes two of: told by its own rule
            continue
        if _in_command(problem.span, chain) != _in_command(
            problem.first, chain
        ):  # a default, and what replaces it
            continue
        yield Finding(
            problem.span,
            f"`{problem.key}` is assigned twice in this command, and only this last value counts",
            help="remove the one that is not meant",
            runtime=problem.hydra or "Hydra applies overrides in order and says nothing",
            chain=(Note(problem.first, "assigned here first"),),
        )


def _in_command(span: Span, chain: Chain) -> bool:
    """Whether an override stands in the command itself, and not in a variable or in a caller's arguments."""
    job = chain.job.span
    return span.file == job.file and job.line <= span.line <= job.end_line
