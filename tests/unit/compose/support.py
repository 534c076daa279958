"""Texts in, our composed trees and what the real OmegaConf and Hydra make of the same texts out."""

from __future__ import annotations

from pathlib import Path

from omegaconf import DictConfig, ListConfig, OmegaConf

from trainlint.compose.merge import instantiate
from trainlint.compose.override import parse_override
from trainlint.compose.request import Override
from trainlint.facts.config import (
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    Inclusion,
    InclusionKind,
)
from trainlint.facts.launch import Word
from trainlint.parse.yaml import read_config
from trainlint.source import SourceFile, Span

PRIMARY = Inclusion(InclusionKind.PRIMARY, "config", Span.at("config.yaml"), "config.yaml", None)


def source(text: str) -> SourceFile:
    return SourceFile(Path("/config.yaml"), "config.yaml", text)


def tree(text: str) -> ConfigMap:
    facts = read_config(source(text))
    assert facts.problems == ()
    node = instantiate(facts.body, PRIMARY)
    assert isinstance(node, ConfigMap)
    return node


def word(text: str) -> Word:
    span = Span("jobs.txt", 1, 1, 1, len(text) + 1)
    return Word(text, span, (text,), (span,))


def override(text: str) -> Override:
    parsed = parse_override(word(text))
    assert isinstance(parsed, Override), parsed
    return parsed


def plain(node: ConfigNode) -> object:
    """Our tree as plain values, keys in order, kept apart from equal values of other types."""
    if isinstance(node, ConfigMap):
        return [(type(key).__name__, key, plain(child)) for key, child in node.children.items()]
    if isinstance(node, ConfigList):
        return (*map(plain, node.items),)
    assert isinstance(node, ConfigScalar), node
    return f"{type(node.value).__name__}:{node.value!r}"


def plain_omega(config: object) -> object:
    """The real library's container in the same form."""
    if isinstance(config, DictConfig | ListConfig):
        config = OmegaConf.to_container(config, resolve=False)
    if isinstance(config, dict):
        return [(type(key).__name__, key, plain_omega(child)) for key, child in config.items()]
    if isinstance(config, list | tuple):
        return (*map(plain_omega, config),)
    return f"{type(config).__name__}:{config!r}"
