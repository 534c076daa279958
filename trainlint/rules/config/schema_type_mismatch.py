"""Looks at values of structured configs, yields those that their field's type refuses."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import SchemaMismatch
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL310", "schema-type-mismatch", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def schema_type_mismatch(chain: Chain) -> Iterator[Finding]:
    """A value does not fit the type that the config's schema gives its key."""
    for problem in problems(chain, SchemaMismatch):
        declared = Note(problem.field_span, f"`{problem.schema}` declares `{problem.expected}`")
        yield Finding(
            problem.span,
            f"`{problem.key}` is {problem.value}, and `{problem.schema}` wants `{problem.expected}`",
            help=f"write a value of type `{problem.expected}`, or change the field",
            runtime=problem.hydra,
            chain=(declared, *inclusion_story(problem.inclusion)),
        )
