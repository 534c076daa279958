"""Interpolations against the real OmegaConf: the same values, and for those that fail the same words."""

from __future__ import annotations

import json
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from tests.properties.effort import effort
from tests.unit.compose.support import plain, plain_omega, tree
from trainlint.compose.interpolation import Checked, Resolver, check_interpolations, resolve
from trainlint.compose.resolution import Failure, Found, Surroundings
from trainlint.facts.config import ConfigScalar, leaves
from trainlint.facts.value import Known, Unknown
from trainlint.source import Span

NOTHING = Surroundings()
SPAN = Span.at("config.yaml")


def omega(config: DictConfig, path: tuple[object, ...]) -> object:
    """What reading the key gives, or the error's name and first line."""
    holder: object = config
    for key in path[:-1]:
        assert isinstance(holder, DictConfig | ListConfig)
        holder = holder._get_node(key)
    assert isinstance(holder, DictConfig | ListConfig)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain_omega(holder[path[-1]])
    except OmegaConfBaseException as error:
        return type(error).__name__, str(error).partition("\n    full_key")[0]


def ours(resolver: Resolver, path: tuple[object, ...], node: ConfigScalar) -> object:
    result = resolver.follow(path, node)  # type: ignore[arg-type]
    if isinstance(result, Failure):
        return result.error, result.words
    if isinstance(result, Unknown):
        return result
    assert isinstance(result, Found)
    return plain(result.node)


def compare(text: str) -> None:
    config = OmegaConf.create(text)
    root = tree(text)
    resolver = Resolver(root, NOTHING)
    for path, node in leaves(root):
        if isinstance(node, ConfigScalar) and node.is_interpolation:
            expected, got = omega(config, path), ours(resolver, path, node)
            if isinstance(got, Unknown):
                assert got.reason == "`oc.create` reads a text"
            elif isinstance(expected, tuple) and expected and expected[0] == "InterpolationResolutionError":
                assert isinstance(got, tuple)
                assert got[0] == expected[0], (path, expected, got)
            else:
                assert got == expected, path


KEYS = st.sampled_from("abcd")
LEAVES = st.sampled_from([1, 2.5, "x", True, None, "???", "", "a", "b", ".a", "{a:1}", "1e3", "${a", "[1,a]"])
LINKS = r"""
${a} ${b} ${c} ${d} ${a.b} ${b.c} ${.a} ${.b} ${..a} ${..b.c} ${...a} ${....a} ${a[0]} ${a[1].b}
${a.0} ${[a]} ${[a][b]} ${nowhere} x${a} ${a}y${b} ${a.${b}} ${${a}} ${a.${b}.c} ${.${a}}
${oc.create:{a:1,b:[x]}} ${oc.create:[1]} ${oc.dict.values:a} ${oc.dict.keys:b} ${oc.dict.keys:.b}
${oc.dict.keys:nowhere} ${oc.select:b} ${oc.select:nowhere} ${oc.select:b,7} ${oc.select:.a,null}
${oc.select:..a,x} ${oc.select:a.b.c,[1,2]} ${oc.decode:'{b:2}'} ${oc.decode:${b}} ${oc.decode:a}
${oc.decode:null} ${oc.decode:1e3} ${oc.decode:'${a}'} ${unknown:1} ${unknown:${nowhere}} \${a}
\\${a} \\\${a} ${oc.deprecated:a} ${oc.deprecated:nowhere} "${a}" '${b} $${a} $a${b}$
${oc.select:'b',"x${a}"} ${oc.env:} ${oc.decode:'[1,${a},"q"]'} ${oc.create:${a}}
${oc.select:a.${b}} ${oc.select:${b},${c}} ${oc.decode:"null"}
"""
TREES = st.recursive(
    st.one_of(LEAVES.filter(lambda leaf: leaf != "${a"), st.sampled_from(LINKS.split())),
    lambda inner: st.one_of(st.dictionaries(KEYS, inner, max_size=3), st.lists(inner, max_size=2)),
    max_leaves=6,
)


@effort(600)
@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4).map(json.dumps))
@example('{"a": "${b}", "b": "${a}"}')
@example('{"a": "${a.b}"}')
@example('{"a": {"b": "${a}"}}')
@example('{"a": ["${oc.decode:\'${a}\'}"], "b": "${oc.decode:\'${a}\'}"}')
def test_interpolations_give_what_omegaconf_gives(text: str) -> None:
    compare(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "${oc.select:b}", "b": "${.${a}}"}',
        '{"a": "${b}${b}", "b": "${c}${c}", "c": "${a}${a}"}',
        "".join(f"k{n}: ${{k{n + 1}}}${{k{n + 1}}}\n" for n in range(50)) + "k50: xy\n",
        "{"
        + ", ".join(f'"k{n}": "${{k{(n * 7 + 1) % 300}}}${{k{(n * 3 + 2) % 300}}}"' for n in range(300))
        + "}",
    ],
    ids=["nested key", "ring", "doubling", "tangle"],
)
def test_interpolations_that_multiply_end(text: str) -> None:
    check_interpolations(tree(text), NOTHING)


def value(text: str, key: str, surroundings: Surroundings = NOTHING) -> object:
    return resolve(tree(text), tuple(key.split(".")), surroundings)


def test_the_environment_answers_for_known_variables_only() -> None:
    surroundings = Surroundings(
        environment={"HOME": Known("/home/x", SPAN), "RUN": Unknown("set by the queue", SPAN)}
    )
    text = "a: ${oc.env:HOME}/out\nb: ${oc.env:RUN}\nc: ${oc.env:OTHER,default}\n"
    home = value(text, "a", surroundings)
    assert isinstance(home, Known)
    assert plain(home.value) == "str:'/home/x/out'"
    assert isinstance(value(text, "b", surroundings), Unknown)
    assert isinstance(value(text, "c", surroundings), Unknown)


def test_custom_resolvers_are_opaque_when_they_exist_or_may_exist() -> None:
    text = "a: ${mine:1}\nb: ${other:1}\nc: ${mine:${nowhere}}\nd: ${a}\n"
    known = Surroundings(resolvers=frozenset(("mine",)))
    assert [problem.key for problem in check_interpolations(tree(text), known).problems] == ["b", "c"]
    checked = check_interpolations(tree(text), Surroundings(opaque_resolvers=True))
    assert [problem.key for problem in checked.problems] == ["c"]
    assert isinstance(value(text, "d", known), Unknown)


def test_a_resolver_that_only_unseen_code_may_register_is_a_doubt_told_once() -> None:
    text = "a: ${mine:1}\nb: ${other:1}\nc: ${other:2}/${third:}\nd: ${c}\n"
    checked = check_interpolations(
        tree(text), Surroundings(resolvers=frozenset(("mine",)), opaque_resolvers=True)
    )
    assert checked.problems == ()
    assert [(doubt.name, doubt.span.line) for doubt in checked.unseen] == [("other", 2)]


def test_hydras_own_resolvers_are_known_at_run_time() -> None:
    text = "a: ${hydra:runtime.cwd}\nb: ${now:%Y-%m-%d}\nc: x${python_version:}\nd: ${hydra:job.name}\n"
    hydra = tree("job: {name: train, num: '???'}\n")
    assert check_interpolations(tree(text), NOTHING) == Checked((), ())
    assert all(isinstance(value(text, key), Unknown) for key in "abcd")
    assert isinstance(value(text, "d", Surroundings(hydra=hydra)), Known)


def test_a_problem_names_the_key_the_place_and_its_neighbours() -> None:
    text = "model:\n  lr: 1\nopt:\n  - {lr: '${model.Lr}'}\n"
    (problem,) = check_interpolations(tree(text), NOTHING).problems
    assert (problem.key, problem.expression, problem.nearest) == ("opt[0].lr", "${model.Lr}", ("lr",))
    assert (problem.span.line, problem.span.column) == (4, 10)
    assert (
        problem.hydra
        == "InterpolationKeyError: Interpolation key 'model.Lr' not found\n    full_key: opt[0].lr"
    )


def test_an_interpolation_of_a_mapping_stands_for_it() -> None:
    found = value("a: ${b}\nb: {c: '${d}'}\nd: 1\n", "a")
    assert isinstance(found, Known)
    assert plain(found.value) == [("str", "c", "str:'${d}'")]
    assert isinstance(value("a: ${b}\nb: {c: 1}\n", "a.c"), Known)


@pytest.mark.parametrize("key", ["", "x y", "x:y", "x.y", "x[0]", "${k}", "1", "ü", "x$y", "}", "'"])
def test_values_of_a_mapping_whose_keys_none_can_refer_to(key: str) -> None:
    compare(json.dumps({"a": {key: 1, "k": 2}, "b": "${oc.dict.values:a}"}))
