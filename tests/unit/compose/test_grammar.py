"""The reading of simple overrides against Hydra's own parser: wherever ours answers, it must agree."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.effort import effort
from trainlint.compose.grammar import Parsed, SyntaxFault, parse_simple, parse_text
from trainlint.compose.hydra_grammar import parse_by_hydra
from trainlint.compose.request import OverrideKind, SweepKind

WORDS = """
a b.c model 0 1 -1 +2 1e-4 1.5 .5 5. 1_000 01 null True inf nan ${a} ${oc.env:X,y} $ { } [ ] ( ) , , = : @ ~ +
/ ' " "x" \\ . .. - _ % * ? | ! é # & choice range x-y e5 1e 0x10 ??? < ; NaN Infinity -inf 1__0
"""
PIECES = st.sampled_from([*WORDS.split(), "'a b'", " ", "\t", "\n"])
PREFIX = st.sampled_from(["", "+", "++", "~", "+++", "~~", "-"])
NAMES = "a a.b a/b a.0 a-b.c a/b@c.d a@ a@b _a a.b-c a.b@c 0.a"
KEY = st.one_of(st.sampled_from(NAMES.split()), st.lists(PIECES, max_size=3).map("".join))
VALUE = st.lists(PIECES, max_size=6).map("".join)
OVERRIDES = st.tuples(PREFIX, KEY, st.sampled_from(["=", "=", "=", ""]), VALUE).map("".join)


def identical(left: object, right: object) -> bool:
    """Equal with equal types all the way down; not-a-number equals itself."""
    return repr(left) == repr(right)


@effort(600)
@given(OVERRIDES)
@example("a=-inf")
@example("a=[]")
@example("a=''")
@example("~a")
@example("a=1e5,'x',null")
@example("a=${x},${y,z}")
@example("a=[${x,y}]")
def test_simple_overrides_are_read_as_hydra_reads_them(text: str) -> None:
    simple = parse_simple(text)
    if simple is not None:
        assert identical(simple, parse_by_hydra(text))


SIMPLE = """
a=1 a.b.c=x +a=1e-4 ++a=true ~a a/b=c a/b@c.d=e a=x/y.yaml a=[1,2] a=1,2 a= a=${b} a=x-${b} a=null a=a:b
a=*.pt a=1_000 a=-1.5
"""


@pytest.mark.parametrize("text", [*SIMPLE.split(), "a='x y'", "a=[x,'y z']"])
def test_common_forms_need_no_grammar(text: str) -> None:
    assert parse_simple(text) is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a={b:1,c:[x,2]}", {"b": 1, "c": ["x", 2]}),
        ("a=x\\=y", "x=y"),
        ("a='it\\'s'", "it's"),
        ("a= b ", "b"),
        ("a=str(1)", "1"),
        ("a=int(2.5)", 2),
        ("a=bool(1)", True),
        ("a=\\ ", " "),
        ("a='\\\\'", "\\"),
        ("a=[[1],{}]", [[1], {}]),
        ("a={1:2}", {1: 2}),
        ("a=float(1)", 1.0),
        ("a={}", {}),
        ("a=[a b,c]", ["a b", "c"]),
    ],
)
def test_other_forms_are_read_by_hydra(text: str, value: object) -> None:
    parsed = parse_text(text)
    assert isinstance(parsed, Parsed)
    assert identical(parsed.value, value)


@pytest.mark.parametrize(
    ("text", "kind", "points"),
    [
        ("a=1,x", SweepKind.SIMPLE, (1, "x")),
        ("a=choice(1,x)", SweepKind.CHOICE, (1, "x")),
        ("a=range(0,3)", SweepKind.RANGE, (0, 1, 2)),
        ("a=range(0.0,1.0,0.5)", SweepKind.RANGE, (0.0, 0.5)),
        ("a=shuffle(1,2,3)", SweepKind.SIMPLE, (1, 2, 3)),
        ("a=shuffle(range(1,4))", SweepKind.RANGE, (1, 2, 3)),
        ("a=sort(3,1,2)", SweepKind.SIMPLE, (1, 2, 3)),
        ("a=interval(0,1)", SweepKind.INTERVAL, ()),
        ("a=tag(t,choice(a,'b c'))", SweepKind.CHOICE, ("a", "b c")),
        ("a=[1],[2]", SweepKind.SIMPLE, ([1], [2])),
        ("a=choice(a\\,b,c)", SweepKind.CHOICE, ("a,b", "c")),
    ],
)
def test_sweeps_give_their_points(text: str, kind: SweepKind, points: tuple[object, ...]) -> None:
    parsed = parse_text(text)
    assert isinstance(parsed, Parsed)
    assert parsed.sweep_kind is kind
    assert identical(parsed.points, points)


def test_a_glob_gives_its_patterns() -> None:
    parsed = parse_text("a=glob([x*,y*],exclude=xx)")
    assert isinstance(parsed, Parsed)
    assert (parsed.include, parsed.exclude) == (("x*", "y*"), ("xx",))


def test_a_huge_range_is_cut() -> None:
    parsed = parse_text("a=range(0,1000000000)")
    assert isinstance(parsed, Parsed)
    assert len(parsed.points) == 1024


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("ckpt=epoch=9-step=8.ckpt", 10, "mismatched input '=' expecting <EOF>"),
        ("a=[1,", 4, "no viable alternative at input '[1,'"),
        ("a", 0, "missing EQUAL at '<EOF>'"),
        ("a b=1", 1, "token recognition error"),
        ("a='x", 2, "token recognition error"),
        ("a[0]=1", 1, "token recognition error"),
        ("a=nosuch(1)", None, "Unknown function 'nosuch'"),
    ],
)
def test_a_refusal_has_a_place_and_hydras_words(text: str, offset: int | None, words: str) -> None:
    fault = parse_text(text)
    assert isinstance(fault, SyntaxFault)
    assert fault.offset == offset
    assert words in fault.hydra or "LexerNoViableAlt" in fault.hydra
    assert fault.message


def test_kinds_come_from_the_prefix() -> None:
    kinds = [parse_text(text) for text in ("a=1", "+a=1", "++a=1", "~a")]
    assert [parsed.kind for parsed in kinds if isinstance(parsed, Parsed)] == list(OverrideKind)


@pytest.mark.parametrize("text", ["a=" + "[" * 5000 + "]" * 5000, "a=" + "sort(" * 5000, "a=" + "1" * 5000])
def test_what_overflows_hydra_is_refused_at_once(text: str) -> None:
    assert isinstance(parse_text(text), SyntaxFault)
