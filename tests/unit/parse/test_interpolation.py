"""The quick reading of interpolations against OmegaConf's grammar, and what that grammar refuses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf
from omegaconf.errors import GrammarParseError

from tests.properties.effort import effort
from trainlint.facts.interpolation import Call, InterpolationFault, Reference, Template
from trainlint.parse.interpolation import by_grammar, parse_template, simple

PIECES = r"""
${ } ${a} ${a.b} ${.a} ${..b.c} ${oc.env:HOME} ${f:x,y} ${f:} ${a: { a . : , [ ] ( ) ' " \ $ $${ \${
\\${ x y.z 1 1.5 null true inf nan _a a-b a_b é % * @ ? | / + - = ! # & ; ~ ${a[0]} ${[a]} ${f:1}
${f:null} ${f:a.b,/c} ${f:True} ${now:%Y} ${f:é} ${1} ${a.1} ${a-b} ${a.b-c} ${$a} ${f:a-1} ${f:-1}
${f:_} ${f.g:x} ${f-g:x} ${..} ${:a} ${f:a,}
"""
TEXTS = st.lists(st.sampled_from([*PIECES.split(), " ", "  ", "\n", "\t"]), min_size=1, max_size=6).map(
    "".join
)


@effort(1500)
@given(TEXTS.filter(lambda text: "${" in text))
@example("${f:nan}")
@example("${f:x.1e5}")
@example("${f:a}${b}c${.d}")
def test_simple_interpolations_are_read_as_the_grammar_reads_them(text: str) -> None:
    quick = simple(text)
    if quick is not None:
        assert quick == by_grammar(text)


@effort(600)
@given(TEXTS.filter(lambda text: "${" in text))
def test_what_omegaconf_refuses_is_refused(text: str) -> None:
    try:
        OmegaConf.create({"a": text})
        refused = False
    except GrammarParseError:
        refused = True
    read = parse_template(text)
    assert (isinstance(read, InterpolationFault) and read.on_load) == refused


def test_a_resolver_without_a_name_is_refused_only_when_it_is_read() -> None:
    fault = parse_template("${:a}")
    assert isinstance(fault, InterpolationFault)
    assert not fault.on_load


COMMON = """
${a} ${a.b.c} ${.a} ${..a.b} x/${a}/y ${a}_${b} ${oc.env:HOME} ${oc.env:HOME,/tmp} ${hydra:runtime.cwd} ${f:}
outputs/${now:%Y-%m-%d}/${now:%H-%M-%S} ${now:%Y%m%d_%H%M%S} ${f:%,a%b,/x.y-z}
"""


@pytest.mark.parametrize("text", COMMON.split())
def test_common_interpolations_need_no_grammar(text: str) -> None:
    quick = simple(text)
    assert quick is not None
    assert quick == by_grammar(text)


def test_nested_keys_and_arguments_keep_their_parts() -> None:
    read = parse_template("${a.${b}}/${f:[1,'${c}'],{k: v}}")
    assert isinstance(read, Template)
    key, slash, call = read.parts
    assert isinstance(key, Reference)
    assert key.pieces == ("a.", Reference(("b",), "${b}"))
    assert slash == "/"
    assert isinstance(call, Call)
    assert call.name == ("f",)
    assert len(call.arguments) == 2


@pytest.mark.parametrize(
    ("text", "parts"), [(r"\${a}", ("${a}",)), (r"\\${a}", ("\\", Reference(("a",), "${a}")))]
)
def test_backslashes_before_an_interpolation_escape(text: str, parts: tuple[object, ...]) -> None:
    assert parse_template(text) == Template(parts)  # type: ignore[arg-type]
