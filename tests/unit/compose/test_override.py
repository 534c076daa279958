"""Words of the command line as overrides: places, unknown parts, sweeps that Hydra refuses."""

from __future__ import annotations

import pytest
from hydra._internal.config_loader_impl import ConfigLoaderImpl
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from hydra.types import RunMode

from tests.unit.compose.support import override, plain, word
from trainlint.compose.override import parse_override, refuse_sweeps
from trainlint.compose.request import Override, OverrideKind
from trainlint.facts.config import AmbiguousComma, ConfigUnknown, OverrideSyntax
from trainlint.facts.launch import Word
from trainlint.facts.value import Unknown
from trainlint.source import Span


def columns(span: Span) -> tuple[int, int]:
    return span.column, span.end_column


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("a.b=1", (1, 4), (5, 6)),
        ("+a=[1,2]", (2, 3), (4, 9)),
        ("++a='x'", (3, 4), (5, 8)),
        ("~a", (2, 3), (3, 3)),
        ("arch@net=etrm", (1, 9), (10, 14)),
    ],
)
def test_key_and_value_have_their_places(text: str, key: tuple[int, int], value: tuple[int, int]) -> None:
    parsed = override(text)
    assert (columns(parsed.key_span), columns(parsed.value_span)) == (key, value)
    assert parsed.span == word(text).span


def test_values_carry_the_override_as_their_story() -> None:
    parsed = override("a={b:1}")
    assert parsed.value is not None
    assert parsed.value.origin.inclusion == parsed.inclusion
    assert parsed.inclusion.label == "a={b:1}"


def with_variable(before: str, after: str = "") -> Word:
    """`before$X` and `after` as one word, with X known only to the environment."""
    start, middle, end = len(before) + 1, len(before) + 3, len(before) + len(after) + 3
    spans = (Span("j", 1, 1, 1, start), Span("j", 1, start, 1, middle), Span("j", 1, middle, 1, end))
    unknown = Unknown("`$X` is set by the environment", spans[1])
    return Word(f"{before}$X{after}", Span("j", 1, 1, 1, end), (before, unknown, after), spans)


def test_an_unknown_value_still_has_a_key() -> None:
    parsed = parse_override(with_variable("+data.path=/x/", "/y"))
    assert isinstance(parsed, Override)
    assert (parsed.kind, parsed.key, columns(parsed.key_span)) == (OverrideKind.ADD, "data.path", (2, 11))
    assert isinstance(parsed.value, ConfigUnknown)
    assert parsed.sweep_kind is None


def test_an_unknown_key_is_unknown_as_a_whole() -> None:
    assert isinstance(parse_override(with_variable("data.", "=1")), Unknown)
    assert isinstance(parse_override(with_variable("")), Unknown)


def test_a_bad_key_before_an_unknown_value_is_refused() -> None:
    assert isinstance(parse_override(with_variable("a b=")), OverrideSyntax)


def test_a_refused_word_shows_the_character() -> None:
    refused = parse_override(word("ckpt=epoch=9-step=8.ckpt"))
    assert isinstance(refused, OverrideSyntax)
    assert columns(refused.span) == (11, 12)
    assert "must be quoted or escaped" in refused.message


SWEEPS = """
a=1,2 a=choice(1,2) a=range(0,3) a=interval(0,1) a=glob(*) a=1 a=[1,2] hydra.job.name=a,b hydra/launcher=x,y
~a=1,2 +a=1,2 hydra.job.name=choice(a,b) a='1,2' hydra=1,2 group=x,y group@p=x,y hydra.sweep.dir=x
"""


@pytest.mark.parametrize("mode", list(RunMode))
@pytest.mark.parametrize("text", SWEEPS.split())
def test_sweeps_are_refused_where_hydra_refuses_them(text: str, mode: RunMode) -> None:
    parsed = OverridesParser.create().parse_overrides([text])
    words = None
    try:
        ConfigLoaderImpl.validate_sweep_overrides_legal(parsed, mode, from_shell=True)
    except HydraException as error:
        words = str(error)
    problems = refuse_sweeps([override(text)], multirun=mode is RunMode.MULTIRUN)
    assert [problem.hydra for problem in problems] == ([] if words is None else [words])


def test_a_comma_without_multirun_is_ambiguous() -> None:
    (problem,) = refuse_sweeps([override("a=1,2")], multirun=False)
    assert isinstance(problem, AmbiguousComma)
    assert columns(problem.span) == (3, 6)


def test_sweep_points_are_nodes() -> None:
    points = override("a=1,'x y',[2]").sweep
    assert points is not None
    assert [plain(point) for point in points] == ["int:1", "str:'x y'", ("int:2",)]
