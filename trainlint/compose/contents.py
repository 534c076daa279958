"""One config of the final defaults list in, its content as a config node (typed where a schema says) out."""

from __future__ import annotations

from dataclasses import replace

from trainlint.compose.defaults import Part
from trainlint.compose.merge import merge
from trainlint.compose.repository import Repository
from trainlint.compose.typed import from_schema
from trainlint.facts.config import (
    CompositionProblem,
    ConfigMap,
    ConfigNode,
    ConfigUnknown,
    Inclusion,
    InclusionKind,
    Key,
    Origin,
)
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Unknown

Contents = tuple[ConfigNode, tuple[CompositionProblem, ...]]


def contents_of(part: Part, repository: Repository) -> Contents:
    """The config's own content, checked against the structured config of the same name when there is one."""
    config = part.config
    if config.stored is not None:
        return _structured(config.stored, part.inclusion), ()
    if config.text is None:
        return ConfigMap({}, Origin(part.inclusion.span, part.inclusion.span, part.inclusion)), ()
    body = repository.instance(config, config.text, part.inclusion)
    schema = repository.schema_of(config)
    if schema is None or not isinstance(body, ConfigMap):
        return body, ()
    return _validated(body, schema, part)


def _structured(stored: StoredConfig, inclusion: Inclusion) -> ConfigNode:
    if stored.schema is None:
        reason = "what the script registers here is only known when it runs"
        return ConfigUnknown(Unknown(reason, stored.span), Origin(stored.span, stored.span, inclusion))
    fields = tuple(field for field in stored.schema.fields if field.name != "defaults")
    return from_schema(replace(stored.schema, fields=fields), inclusion)


def _validated(body: ConfigMap, stored: StoredConfig, part: Part) -> Contents:
    """The body merged into the schema of the same name; a primary config's `hydra` node stays out of it."""
    inclusion = Inclusion(InclusionKind.SCHEMA, part.config.path, stored.span, None, part.inclusion)
    schema = _structured(stored, inclusion)
    if not isinstance(schema, ConfigMap):
        return body, ()
    aside: dict[Key, ConfigNode] = {}
    if part.primary and "hydra" in body.children:
        aside["hydra"] = body.children["hydra"]
        body = replace(body, children={k: v for k, v in body.children.items() if k != "hydra"})
    merged, problems = merge(schema, body)
    return replace(merged, children={**merged.children, **aside}), problems
