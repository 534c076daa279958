"""Looks at overrides and deletions of single keys, yields those whose key the config does not have."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.chain.model import Chain, problems
from trainlint.diagnostic import Edit, Fix, LinkKind, Note, Severity
from trainlint.facts.config import UnknownOverrideKey, select
from trainlint.facts.schema import SchemaFacts
from trainlint.facts.script import ScriptFacts
from trainlint.rules.base import Finding, inclusion_story, replace, rule
from trainlint.rules.config.nearest_key import nearest_key
from trainlint.rules.wording import listed, or_nearest, written_at
from trainlint.source import Span


@rule(
    "TL303",
    "unknown-override-key",
    severity=Severity.ERROR,
    link=LinkKind.CONFIG,
    needs=("compositions", "script"),
)
def unknown_override_key(chain: Chain) -> Iterator[Finding]:
    """An override names a key that the composed config does not have."""
    for problem in problems(chain, UnknownOverrideKey):
        wanted = _wanted(chain.script, problem.key) if chain.script is not None else None
        near = None if wanted else _nearest(problem, chain)
        yield Finding(
            problem.span,
            f"`{problem.key}` is not a key of this config{or_nearest(near)}",
            help=_help(problem, near, wanted),
            runtime=problem.hydra,
            chain=_story(problem, near, chain),
            fix=_fix(problem, near, wanted),
        )


def _nearest(problem: UnknownOverrideKey, chain: Chain) -> str | None:
    return nearest_key(problem.key, problem.missing_part, problem.available, chain.compositions)


def _story(problem: UnknownOverrideKey, near: str | None, chain: Chain) -> tuple[Note, ...]:
    """How the nearest key came into the config, or else how the mapping did that lacks the key."""
    roots = [composition.root for composition in chain.compositions if composition.root is not None]
    found = select(roots[0], tuple(near.split("."))) if near and roots else None
    if found is not None:
        note = Note(found.origin.key_span, f"`{near}` is set here")
        return (note, *inclusion_story(found.origin.inclusion))
    holder = problem.key[: -len(problem.missing_part)].rstrip(".")
    lacking = select(roots[0], tuple(holder.split("."))) if holder and roots else None
    return inclusion_story(lacking.origin.inclusion if lacking else problem.inclusion)


def _help(problem: UnknownOverrideKey, near: str | None, wanted: str | None) -> str:
    if _deletes(problem):
        return (
            f"delete `{near}` if that is meant, or nothing" if near else "there is nothing to delete: drop it"
        )
    if wanted is not None:
        return f"write `+{problem.key}`: {wanted} and the config does not set it"
    append = f"write `+{problem.key}` if the code really reads it"
    if near:
        return f"rename to `{near}`, or {append}"
    if problem.available:
        return f"the keys there are {listed(problem.available)}; {append}"
    return append


def _deletes(problem: UnknownOverrideKey) -> bool:
    return problem.inclusion is not None and problem.inclusion.label.startswith("~")


def _wanted(script: ScriptFacts, key: str) -> str | None:
    """How the script shows that it knows the key, None when it does not."""
    path = tuple(key.split("."))
    for use in script.schema_uses:
        if path[: len(use.path)] == use.path and _field_at(use.schema, path[len(use.path) :]):
            return "the script's schema has this field"
    read = next((read for read in script.reads if read.path == path), None)
    return f"the script reads it ({read.span})" if read is not None else None


def _field_at(schema: SchemaFacts | None, path: tuple[str, ...]) -> bool:
    for index, part in enumerate(path):
        found = next((f for f in schema.fields if part in (f.name, f.alias)), None) if schema else None
        if found is None:
            return False
        if index == len(path) - 1:
            return True
        schema = found.type.schema
    return False


def _fix(problem: UnknownOverrideKey, near: str | None, wanted: str | None) -> Fix | None:
    place = written_at(problem.span, problem.key)
    if place is None or _deletes(problem):
        return None
    if wanted is not None:
        return Fix((Edit(Span.at(place.file, place.line, place.column), "+"),))
    return replace(place, near) if near else None
