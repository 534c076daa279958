"""Looks at the keys of structured configs, yields those that the schema has no field for."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Fix, LinkKind, Note, Severity
from trainlint.facts.config import SchemaUnknownField
from trainlint.rules.base import Finding, inclusion_story, nearest, replace, rule
from trainlint.rules.wording import listed, or_nearest, written_at


@rule("TL311", "schema-unknown-field", severity=Severity.ERROR, link=LinkKind.CONFIG, needs=("compositions",))
def schema_unknown_field(chain: Chain) -> Iterator[Finding]:
    """A key stands in the config and the schema that the config must fit has no such field."""
    for problem in problems(chain, SchemaUnknownField):
        near = nearest(_last(problem.key), problem.available)
        declared = Note(problem.field_span, f"`{problem.schema}` is declared here")
        yield Finding(
            problem.span,
            f"`{problem.schema}` has no field for `{problem.key}`{or_nearest(near)}",
            help=_help(problem, near),
            runtime=problem.hydra,
            chain=(declared, *inclusion_story(problem.inclusion)),
            fix=_fix(problem, near),
        )


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _help(problem: SchemaUnknownField, near: str | None) -> str:
    if near:
        return f"rename to `{near}`, or add the field to `{problem.schema}`"
    fields = f"; its fields are {listed(problem.available)}" if problem.available else ""
    return f"remove the key or add the field to `{problem.schema}`{fields}"


def _fix(problem: SchemaUnknownField, near: str | None) -> Fix | None:
    if near is None:
        return None
    for written in (problem.key, _last(problem.key)):
        place = written_at(problem.span, written)
        if place is not None:
            return replace(place, written[: len(written) - len(_last(written))] + near)
    return None
