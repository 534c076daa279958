"""Config texts against OmegaConf's own loader, and the places that it does not keep."""

from __future__ import annotations

import io
import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from tests.properties.effort import effort
from tests.unit.compose.support import PRIMARY, plain, plain_omega, source
from trainlint.compose.merge import instantiate
from trainlint.facts.yaml import ConfigText, YamlList, YamlMap, YamlScalar
from trainlint.parse import yaml_nodes
from trainlint.parse.yaml import read_config
from trainlint.source import Span

REFUSED = "refused"
WORDS = """
a b key 1 0 1.5 1e5 on yes null ~ ??? ${a} ${b.c} : - , [ ] { } # ' " &x *x <<: << ! !!str !!int ? % @ ` | > =
--- ... \\ 's' "d" 0x1f 017 0b1 1:30 1_0 .5 +1 -1 -.5 .inf é x:y !!set !!bool !!float !!null !!binary
!!timestamp 2020-01-01 😀 :a a:b ${x:y} [a:b] {a:b} 08 1e 1.e5 ${ >#
"""
SPACED = """
· ·· ⏎ ⏎·· ⏎-· ⏎··-· :· -· a:· b:· c:· a:⏎·· ·# → ␍⏎ [a,·b] {a:·b} {a:·1,·b:·2} [1,·2] |⏎·· ?· <<:·*x
"""
UNUSUAL = ["\u2028", "\x85", "\ufeff", "\x07"]
BLANKS = str.maketrans({"·": " ", "⏎": "\n", "→": "\t", "␍": "\r"})
PIECES = [*WORDS.split(), *(piece.translate(BLANKS) for piece in SPACED.split()), *UNUSUAL]


def loaded(text: str) -> object:
    """What OmegaConf makes of a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return plain_omega(OmegaConf.load(io.StringIO(text)))
    except Exception:
        return REFUSED


def read(text: str) -> ConfigText:
    return read_config(source(text))


def ours(text: str) -> object:
    facts = read(text)
    if facts.problems or any(duplicate.refused for duplicate in facts.duplicates):
        return REFUSED
    if facts.sequence is not None:
        return plain(instantiate(facts.sequence, PRIMARY))
    entries = facts.body.entries if facts.defaults is None else (facts.defaults, *facts.body.entries)
    return plain(instantiate(YamlMap(entries, facts.body.span), PRIMARY))


def comparable(text: str) -> bool:
    """A header is Hydra's business, not OmegaConf's."""
    return not text.lstrip().startswith("#")


@effort(600)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_read_as_omegaconf_reads_it(text: str) -> None:
    assume(comparable(text))
    assert ours(text) == loaded(text)


LEAVES = """
a 1 1.5 1e5 on null ~ 'q' "d" ${a} ??? 1:30 [1,·a] [] {} [a,] http://x:8/y ${oc.env:HOME} [a:b] {a:b}
"it''s" "\\u00e9" x,y x] x} a?b ?a :a a: 0x1F 1_000 Yes NULL \\x +.5 a#b ${f:x,y} [${a}] {a:·${b:c}}
"""
SCALARS = st.sampled_from([leaf.translate(BLANKS) for leaf in LEAVES.split()])
NAMES = """a b c d e 1 on 'q' x·y a.b ${x} 1.0 "1" k-l _x"""
KEYS = st.sampled_from([name.translate(BLANKS) for name in NAMES.split()])


def indented(text: str, by: int) -> str:
    return "".join(" " * by + line + "\n" for line in text.splitlines())


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    nested = st.tuples(KEYS, st.sampled_from([1, 2, 4]), st.sampled_from(["", "  # c"]), inner).map(
        lambda parts: f"{parts[0]}:{parts[2]}\n{indented(parts[3], parts[1])}"
    )
    flat = st.tuples(KEYS, SCALARS).map(lambda parts: f"{parts[0]}: {parts[1]}\n")
    mapping = st.lists(st.one_of(flat, nested), min_size=1, max_size=4).map("".join)
    sequence = st.lists(SCALARS, min_size=1, max_size=3).map(
        lambda items: "".join(f"- {item}\n" for item in items)
    )
    return st.one_of(mapping, sequence)


@effort(300)
@given(st.recursive(SCALARS.map("a: {}\n".format), blocks, max_leaves=8))
def test_a_config_is_read_as_omegaconf_reads_it(text: str) -> None:
    assert ours(text) == loaded(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n",
        "a: &x {b: 1}\nc: &y {b: 2, e: 3}\nd:\n  <<: [*x, *y]\n  f: 1\n",
        "a: &x {b: 1}\nc:\n  b: 5\n  <<: *x\n",
        "base: &b {x: 1}\na:\n  mid: &m {<<: *b, x: 2}\ntop: {<<: *m}\n",
        "a: 1\na: 2\n",
        "1: a\n1: b\n",
        "on: a\nyes: b\n",
        "a:\n  b: 1\n  b: 2\n",
        "a: {b: !!str 1, c: !!int '5', d: !!float 1, e: !!bool 'yes', f: !!null x}\n",
        "a: !!binary aGVsbG8=\n",
        "a: !!python/object/apply:pathlib.Path [x, y]\n",
        "a: !custom 1\n",
        "a: !!python/object:os.system {}\n",
        "a: &a [*a]\n",
        "null: 1\n",
        "[a]: 1\n",
        "? {a: b}\n: 1\n",
        "--- 1\n--- 2\n",
        "---\na: 1\n...\n",
        "%YAML 1.1\n---\na: 1\n",
        "%YAML 1.2\n---\na: 1\n",
        "a:\tb\n",
        "\ta: b\n",
        "a: |\n  x\n  y\nb: >\n  x\n  y\n",
        "a: 1e-4\nb: 1E5\nc: 1e+5\nd: 1.\ne: 1_0.5\nf: 08\ng: 0o7\nh: 1__0\ni: -.inf\n",
        "a: 190:20:30\nb: 190:20:30.15\nc: 12:60\nd: 2020-01-01\ne: 0b101\nf: 0b\ng: 0x\n",
        "a: 0b_\n",
        "a: =\n",
        "=: 1\n",
        "- 1\n",
        "foo",
        "'foo: 1'",
        "|\n  b: 1\n  b: 2\n",
        "5",
        "",
        "# only a comment\n",
        "null",
        "a: ${b\n",
        "a: ${b}}\n",
        "a: '${b:c'\n",
        "a: {b: ???}\n",
        "a: \"\\q\"\n",
        "a: *nowhere\n",
        "a: [\n",
        "a: 'x\n",
        "{a: 1, a: 2}\n",
        "a: b: c\n",
        "a: @x\n",
    ],
)  # fmt: skip
def test_one_text_is_read_as_omegaconf_reads_it(text: str) -> None:
    expected = loaded(text)
    if "pathlib" in text:
        expected = [("str", "a", "str:'x/y'")]
    assert ours(text) == expected


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "- " * 50_000, "{a: " * 50_000, "a: [" + "[" * 130 + "]" * 131]
)
def test_deep_nesting_is_a_problem_not_a_crash(text: str) -> None:
    assert "nested deeper" in read(text).problems[0].message


def test_an_alias_bomb_is_a_problem_not_a_hang() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases expand" in read("\n".join(lines)).problems[0].message


def test_every_node_has_its_place() -> None:
    facts = read("# c\nmodel:\n  lr: 1e-4  # note\n  layers: [1, 22]\nname: x\n")
    model = facts.body.entries[0]
    assert model.key_span == Span("config.yaml", 2, 1, 2, 6)
    assert isinstance(model.node, YamlMap)
    assert model.node.span == Span("config.yaml", 3, 3, 4, 18)
    rate, layers = model.node.entries
    assert rate.node == YamlScalar(1e-4, Span("config.yaml", 3, 7, 3, 11))
    assert isinstance(layers.node, YamlList)
    assert layers.node.items[1].span == Span("config.yaml", 4, 15, 4, 17)


def test_the_defaults_list_is_taken_out_of_the_body() -> None:
    facts = read("defaults:\n  - arch: etrm\n  - _self_\nlr: 1\n")
    assert [entry.key for entry in facts.body.entries] == ["lr"]
    assert facts.defaults is not None
    assert isinstance(facts.defaults.node, YamlList)


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("# @package _global_\na: 1\n", "_global_"),
        ("\n  #@package   a.b\n", "a.b"),
        ("## @package x\n", None),
        ("a: 1\n# @package x\n", None),
        ("# text\n# @package x\n", None),
        ("# @other y\n# @package x\n", "x"),
        ("#" + " " * 600 + "@package x\n", None),
    ],
)
def test_the_package_header_is_read_as_hydra_reads_it(text: str, package: str | None) -> None:
    facts = read(text)
    assert (facts.package[0] if facts.package else None) == package


def test_the_package_header_has_its_place() -> None:
    package = read("# @package model.head\n").package
    assert package == ("model.head", Span("config.yaml", 1, 12, 1, 22))


@pytest.mark.parametrize(
    ("text", "words"),
    [("# @package\n", "Expected header format"), ("# @package a b\n", "Too many components")],
)
def test_a_malformed_header_is_a_problem(text: str, words: str) -> None:
    assert words in read(text).problems[0].hydra


def test_a_duplicate_key_names_both_places() -> None:
    duplicate = read("a: 1\nb: 2\na: 3\n").duplicates[0]
    assert (duplicate.key, duplicate.first.line, duplicate.span.line, duplicate.refused) == ("a", 1, 3, True)


def test_ordinary_configs_take_the_fast_parser() -> None:
    text = "defaults:\n  - a: b\nx: ${oc.env:HOME}/y\nurl: http://h:8/\nl: [a, {b: 1}]\n# q? yes\n"
    assert not yaml_nodes.needs_pure_python(text)


def test_deep_interpolations_are_refused_at_once() -> None:
    assert "nested too deeply" in read("a: " + "${" * 5000 + "b" + "}" * 5000 + "\n").problems[0].message


def test_a_large_file_is_left_to_the_fast_parser() -> None:
    line = "- {a: 1, b: [x, y]}\t# note\n"
    text = line * (yaml_nodes.LARGE // len(line) + 1)
    facts = read(text)
    assert facts.problems == ()
    assert facts.sequence is not None
    assert len(facts.sequence.items) == text.count("\n")
    assert read(text + "- [").problems[0].span.line > text.count("\n")
