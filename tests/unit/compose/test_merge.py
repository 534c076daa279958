"""Merges of config trees against the real OmegaConf, in the way Hydra's loader uses it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf, flag_override

from tests.properties.effort import effort
from tests.unit.compose.support import PRIMARY, plain, plain_omega, source, tree
from trainlint.compose.merge import embed, instantiate, merge
from trainlint.compose.resolution import Surroundings
from trainlint.facts.config import ConfigMap, ConfigUnknown, MergeConflict, select
from trainlint.parse.yaml import read_config

REFUSED = "refused"


def hydra(texts: list[str]) -> object:
    """What Hydra's loader makes of the texts of successive configs."""
    config = OmegaConf.create()
    try:
        with flag_override(config, "no_deepcopy_set_nodes", True):
            for text in texts:
                config.merge_with(OmegaConf.create(text))
    except Exception:
        return REFUSED
    return plain_omega(config)


def ours(texts: list[str]) -> object:
    root = tree("{}")
    for text in texts:
        root, problems = merge(root, tree(text))
        if problems:
            return REFUSED
    return plain(root)


KEYS = st.sampled_from("abcd")
LEAVES = st.sampled_from([1, 2.5, "x", True, None, "???", "", "text"])
LINKS = """
${a} ${b} ${c} ${a.b} ${b.c} ${.a} ${.b} ${..a} ${..b} ${a[0]} ${nowhere} x${a} ${oc.create:{a:1}}
${oc.dict.values:a} ${oc.dict.keys:b} ${oc.select:b,null} ${oc.decode:'{b:2}'} ${unknown:1} ${a.${c}}
${oc.decode:${b}}
"""
REFERENCES = st.sampled_from(LINKS.split())
TREES = st.recursive(
    st.one_of(LEAVES, LEAVES, REFERENCES),
    lambda inner: st.one_of(st.dictionaries(KEYS, inner, max_size=3), st.lists(inner, max_size=2)),
    max_leaves=6,
)
CONFIGS = st.dictionaries(KEYS, TREES, max_size=4).map(json.dumps)


@effort(600)
@given(st.lists(CONFIGS, min_size=2, max_size=4))
@example(['{"a": "${b}", "b": {"c": 1}}', '{"a": {"d": 2}}'])
@example(['{"a": "${b}", "b": {"c": 1}}', '{"a": "???"}'])
@example(['{"a": {"b": "${..c}"}, "c": {"d": 1}}', '{"a": {"b": {"e": 2}}}'])
def test_merges_give_what_omegaconf_gives(texts: list[str]) -> None:
    assert ours(texts) == hydra(texts)


def test_a_leaf_knows_what_it_overrode() -> None:
    root = tree("lr: 1\nnet: {depth: 2}\n")
    for text in ("lr: 2\n", "\nlr: 3\nnet: {depth: 4}\n"):
        root, _problems = merge(root, tree(text))
    rate = select(root, ("lr",))
    assert rate is not None
    assert rate.origin.span.line == 2
    assert rate.origin.overrode is not None
    assert rate.origin.overrode.overrode is not None
    assert rate.origin.overrode.overrode.overrode is None
    depth = select(root, ("net", "depth"))
    assert depth is not None
    assert depth.origin.overrode is not None


def test_merging_changes_neither_tree() -> None:
    base, over = tree("a: {b: 1, c: {d: 2}}\ne: {f: 1}\n"), tree("a: {c: {d: 3}}\n")
    before = plain(base), plain(over)
    merged, _problems = merge(base, over)
    assert (plain(base), plain(over)) == before
    assert merged.children["e"] is base.children["e"]


def test_a_list_and_a_mapping_are_refused_with_their_key() -> None:
    _merged, problems = merge(tree("a: {b: [1]}\n"), tree("a: {b: {c: 1}}\n"))
    (problem,) = problems
    assert isinstance(problem, MergeConflict)
    assert problem.key == "a.b"
    assert problem.hydra.endswith("Cannot merge DictConfig with ListConfig")


def test_what_an_opaque_resolver_gives_is_unknown_after_a_merge() -> None:
    known = Surroundings(resolvers=frozenset(("mine",)))
    merged, _problems = merge(tree("a: ${mine:1}\nb: ${oc.env:X}\n"), tree("a: {c: 1}\nb: {c: 1}\n"), known)
    assert isinstance(merged.children["a"], ConfigUnknown)
    assert isinstance(merged.children["b"], ConfigMap)
    merged, _problems = merge(tree("a: ${mine:1}\n"), tree("a: ???\n"), known)
    assert plain(merged) == [("str", "a", "str:'${mine:1}'")]


@pytest.mark.parametrize("package", ["", "a", "a.b.c", "a[b].c", "a.0"])
def test_a_package_puts_a_config_under_its_keys(package: str) -> None:
    expected = OmegaConf.create()
    content = OmegaConf.create("x: {y: 1}")
    if package:
        OmegaConf.update(expected, package, content, merge=False)
    else:
        expected = content
    assert plain(embed(tree("x: {y: 1}"), package)) == plain_omega(expected)


def test_a_list_can_stand_under_a_package() -> None:
    facts = read_config(source("- 1\n- x\n"))
    assert facts.sequence is not None
    assert plain(embed(instantiate(facts.sequence, PRIMARY), "a.b")) == [
        ("str", "a", [("str", "b", ("int:1", "str:'x'"))])
    ]
