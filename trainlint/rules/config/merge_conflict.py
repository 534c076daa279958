"""Looks at how the texts of a config were merged, yields those that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Severity
from trainlint.facts.config import MergeConflict
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL317", "merge-conflict", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def merge_conflict(chain: Chain) -> Iterator[Finding]:
    """Two texts set the same key in ways that cannot be merged."""
    for problem in problems(chain, MergeConflict):
        yield Finding(
            problem.span,
            problem.message,
            help="drop the deletion" if problem.deletes else "give the key the same shape in both places",
            runtime=problem.hydra,
            chain=inclusion_story(problem.inclusion),
        )
