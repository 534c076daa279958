"""Overrides against the real config loader of Hydra: values and refusals must be the same."""

from __future__ import annotations

import json

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tests.properties.effort import effort
from tests.unit.compose.support import override, plain, plain_omega, tree, word
from trainlint.compose.apply import apply_overrides
from trainlint.compose.override import parse_override
from trainlint.compose.request import Override
from trainlint.facts.config import (
    CompositionProblem,
    ConfigUnknown,
    DuplicateOverride,
    NeedlessAppend,
    UnknownOverrideKey,
    select,
)
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.source import Span

CONFIG = """
a: 1
b: {x: 1, y: {z: 2}, n: null, m: '???'}
l: [1, {q: 2}, [3, 4]]
s: text
n: null
m: ???
i: ${b}
j: ${b.x}
bad: ${nowhere}
r: ${.b.y}
1: number
e: {}
"""

ONE_OVERRIDE = """
a=2 a=null a=??? a={k:1} a=[1] a.b=1 a.b.c=1 c=1 c.d=1 b.c=1 b.y.c=1 b=1 b=null b={x:2} b={k:1}
b={y:{k:1}} b={y:{z:3}} b=[1] b.y=5 b.n=1 b.n.k=1 b.m=1 b.m.k=1 l=[9] l={k:1} l.0=9 l.1.q=9 l.1.k=9
l.2.0=9 l.5=9 l.-1=9 l.x=9 l.0.x=9 l.9.x=9 n=1 n.k=1 n={k:1} m=1 m.k=1 i=1 i.x=5 i.k=5 i={k:1} i={x:9}
j=5 j.k=1 bad=1 bad.k=1 1=5 e.k=1 e={k:1} a=${b.x} a=${b +a=2 +a={k:1} +a=[1] +a.b=1 +c=1 +c.d=1
+c.d.e={f:1} +b.c=1 +b=1 +b={k:1} +b={x:5} +b.n=1 +b.n.k=1 +b.m=1 +b.m.k=1 +l=[9] +l={k:1} +l.0=9 +l.5=1
+l.1.k=1 +l.0.x=9 +l.x=1 +n=1 +n.k=1 +m=1 +i=1 +i.k=5 +i.x=5 +i={k:1} +j=1 +j.k=1 +bad=1 +bad.k=1 +r.k=1
+1=5 +e.k=1 +s.k=1 +s={k:1} +c={} ++a=2 ++a.b=1 ++c.d=1 ++b={k:1} ++b=1 ++l.1.k=1 ++l.5=1 ++i.k=1 ++n.k=1
++bad=1 ++b.y={z:5} ++l={k:1} ~a ~a=1 ~a=2 ~a=1.0 ~a=null ~a= ~b ~b.x ~b.y.z ~b.k ~c ~n ~m ~b.m ~l ~l.0
~l.1.q ~l=[1,{q:2},[3,4]] ~l=[1] ~b.y={z:2} ~b.y={z:3} ~i ~i.x ~bad ~j ~j=1 ~s=text ~s=other ~r.z ~e ~a.b
~a=true x/y=1 a@b=1 +a@b=1 a=1_000 b.y={z:${a}} l=[${a},x] a=[${b] +k={a:{b:1}} ~l.7 ~l.x l.1={k:1}
l.1={q:7} +l.1={k:1} l.2=[7] l.0=[7] l.01=5 l.1_0=5
a={null:1} +k={a:[{null:1}]} a={1:2} +a={1:2} +k={true:1} +k={1.5:1} +k.$a=1 a=${:x} +k=[${:x}] ~b.y={1:2}
"""


def hydra(text: str, overrides: list[str]) -> tuple[object, str | None]:
    """The real outcome: the tree, or the words of the refusal."""
    config = OmegaConf.create(text)
    OmegaConf.set_struct(config, True)
    try:
        parsed = OverridesParser.create().parse_overrides(overrides)
        ConfigLoaderImpl._apply_overrides_to_config(parsed, config)
    except Exception as error:
        cause = error.__cause__
        return None, f"{error}" + (f"\n{cause}" if cause else "")
    return plain_omega(config), None


def ours(text: str, overrides: list[str]) -> tuple[object, list[CompositionProblem]]:
    root, problems, _ = apply_overrides(tree(text), [override(text) for text in overrides])
    return plain(root), [problem for problem in problems if not isinstance(problem, DuplicateOverride)]


@pytest.mark.parametrize("text", [*ONE_OVERRIDE.split(), "a='x y'"])
def test_one_override_gives_what_hydra_gives(text: str) -> None:
    expected, words = hydra(CONFIG, [text])
    try:
        result, problems = ours(CONFIG, [text])
    except AssertionError:
        assert words is not None, "Hydra takes it"
        return
    if words is not None:
        assert problems, f"Hydra refuses: {words}"
        said = problems[0].hydra.removeprefix("TypeError: ").removeprefix("ValueError: ")
        assert words.split("\n    ")[0].strip() == said.split("\n    ")[0].strip()
    else:
        assert not problems
        assert result == expected


KEYS = st.sampled_from("abcd")
LEAVES = st.sampled_from([1, "x", None, "???", "${a}", "${b}", "${.a}", "${a.b}", "${nowhere}", True])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.dictionaries(KEYS, inner, max_size=3), st.lists(inner, max_size=2)),
    max_leaves=6,
)
CONFIGS = st.dictionaries(KEYS, TREES, max_size=4).map(json.dumps)
PATHS = st.lists(st.sampled_from("abcd01"), min_size=1, max_size=3).map(".".join)
VALUES = st.sampled_from(
    [
        "=1",
        "=x",
        "=null",
        "=???",
        "=${a}",
        "=${a.b}",
        "=[1]",
        "=[]",
        "={}",
        "={a:1}",
        "={a:{b:2},c:x}",
        "={a:${b}}",
    ]
)
WRITTEN = st.one_of(
    st.tuples(st.sampled_from(["", "", "+", "++"]), PATHS, VALUES).map("".join),
    st.tuples(st.just("~"), PATHS, st.sampled_from(["", "", "=1", "=x", "={}", "=null"])).map("".join),
)


@effort(600)
@given(CONFIGS, st.lists(WRITTEN, min_size=1, max_size=3))
@example('{"a": {"b": 1}}', ["a.b.c=1"])
def test_overrides_give_what_hydra_gives(config: str, overrides: list[str]) -> None:
    parsed = [parse_override(word(text)) for text in overrides]
    expected, words = hydra(config, overrides)
    if not all(isinstance(one, Override) for one in parsed):
        assert words is not None
        return
    result, problems = ours(config, overrides)
    if words is None:
        assert not problems
        assert result == expected
    else:
        assert problems, words


def test_every_refusal_is_reported_and_the_others_still_apply() -> None:
    texts = ["a=5", "x=1", "b.k=1", "+a=2", "c.d.e=1", "~nope", "s=done"]
    result, problems = ours(CONFIG, texts)
    assert [type(problem).__name__ for problem in problems] == [
        "UnknownOverrideKey",
        "UnknownOverrideKey",
        "NeedlessAppend",
        "UnknownOverrideKey",
        "UnknownOverrideKey",
    ]
    assert isinstance(result, list)
    assert ("str", "s", "str:'done'") in result


def test_an_unknown_key_names_the_missing_part_and_its_neighbours() -> None:
    _root, (problem,), _ = apply_overrides(tree(CONFIG), [override("b.y.zz=1")])
    assert isinstance(problem, UnknownOverrideKey)
    assert (problem.key, problem.missing_part, problem.available) == ("b.y.zz", "zz", ("z",))


def test_a_needless_append_shows_the_existing_value() -> None:
    _root, (problem,), _ = apply_overrides(tree(CONFIG), [override("+b.x=2")])
    assert isinstance(problem, NeedlessAppend)
    assert problem.existing is not None
    assert problem.existing.span.line == 3


def test_a_key_assigned_twice_is_told_with_its_first_place() -> None:
    _root, problems, _ = apply_overrides(
        tree(CONFIG), [override(text) for text in ("a=1", "s=x", "a=2", "e={k:1}")]
    )
    duplicates = [problem for problem in problems if isinstance(problem, DuplicateOverride)]
    assert [duplicate.key for duplicate in duplicates] == ["a"]


def test_an_unknown_value_has_its_key_checked() -> None:
    unknown = Unknown("set by the environment", Span.at("jobs.txt"))
    spans = (Span("jobs.txt", 1, 1, 1, 5), Span("jobs.txt", 1, 5, 1, 7))
    good, bad = (
        parse_override(Word(f"{key}=$X", spans[0], (f"{key}=", unknown), spans)) for key in ("b.x", "b.q")
    )
    assert isinstance(good, Override)
    assert isinstance(bad, Override)
    root, problems, _ = apply_overrides(tree(CONFIG), [good, bad])
    assert isinstance(select(root, ("b", "x")), ConfigUnknown)
    assert [problem.key for problem in problems if isinstance(problem, UnknownOverrideKey)] == ["b.q"]


def test_the_shared_tree_is_never_changed() -> None:
    root = tree(CONFIG)
    before = plain(root)
    apply_overrides(
        root, [override(text) for text in ("a=5", "b.y.z=7", "++k.l=1", "~e", "l.1.q=8", "~b.n=null")]
    )
    assert plain(root) == before


def test_an_overridden_leaf_remembers_its_file() -> None:
    root, _problems, _ = apply_overrides(tree(CONFIG), [override("b.y.z=7")])
    node = select(root, ("b", "y", "z"))
    assert node is not None
    assert node.origin.inclusion.label == "b.y.z=7"
    assert node.origin.overrode is not None
    assert node.origin.overrode.span.file == "config.yaml"


def test_a_deletion_that_hangs_on_an_unknown_value_is_a_doubt() -> None:
    text = "a: ${now:%Y}\nb: 1\n"
    root, problems, doubts = apply_overrides(tree(text), [override("~a=2026"), override("~b=1")])
    assert problems == ()
    assert list(root.children) == ["a"]
    assert [doubt.reason.partition(":")[0] for doubt in doubts] == [
        "whether `~a=2026` can be deleted depends on its value"
    ]
