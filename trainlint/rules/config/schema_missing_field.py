"""Looks at the required fields of structured configs, yields those that the config does not supply."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import LinkKind, Note, Severity
from trainlint.facts.config import SchemaMissingField
from trainlint.rules.base import Finding, inclusion_story, rule


@rule("TL312", "schema-missing-field", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def schema_missing_field(chain: Chain) -> Iterator[Finding]:
    """A field that the schema requires is in no file and in no override of the launch."""
    for problem in problems(chain, SchemaMissingField):
        declared = Note(problem.field_span, f"`{problem.schema}` requires it here")
        yield Finding(
            problem.span,
            f"`{problem.key}` is required by `{problem.schema}` and nothing sets it",
            help=_help(problem),
            runtime=problem.hydra,
            chain=(declared, *inclusion_story(problem.inclusion)),
        )


def _help(problem: SchemaMissingField) -> str:
    if problem.inclusion is not None and problem.inclusion.label.startswith("~"):
        return f"drop `{problem.inclusion.label}`, or give the field a default"
    return f"set `{problem.key}` in the config or with `+{problem.key}=…`, or give the field a default"
