"""What our schema check says of a config is what the real pydantic says of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Literal

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from trainlint.chain.schema_check import schema_problems
from trainlint.facts.config import (
    Composition,
    CompositionProblem,
    ConfigList,
    ConfigMap,
    ConfigNode,
    ConfigScalar,
    Inclusion,
    InclusionKind,
    Origin,
    SchemaMismatch,
    SchemaMissingField,
    SchemaUnknownField,
)
from trainlint.facts.schema import Extra, FieldFacts, SchemaFacts, SchemaKind, SchemaUse, TypeFacts, TypeKind
from trainlint.facts.value import Known, Unknown
from trainlint.source import Span

SPAN = Span("c.yaml", 1, 1, 1, 5)
ORIGIN = Origin(SPAN, SPAN, Inclusion(InclusionKind.PRIMARY, "c", SPAN, "c.yaml", None))


def tree(value: object) -> ConfigNode:
    if isinstance(value, dict):
        return ConfigMap({key: tree(child) for key, child in value.items()}, ORIGIN)
    if isinstance(value, list):
        return ConfigList(tuple(tree(child) for child in value), ORIGIN)
    assert value is None or isinstance(value, (str, int, float, bool))
    return ConfigScalar(value, ORIGIN)


def field(name: str, wanted: TypeFacts, *, required: bool = True, alias: str | None = None) -> FieldFacts:
    return FieldFacts(name, wanted, None if required else Known(None, SPAN), SPAN, alias)


def schema(
    *fields: FieldFacts,
    extra: Extra = Extra.IGNORE,
    kind: SchemaKind = SchemaKind.PYDANTIC,
    complete: bool = True,
) -> SchemaFacts:
    return SchemaFacts("Config", kind, fields, extra, complete, SPAN)


def check(
    facts: SchemaFacts,
    config: dict[str, object],
    *,
    supplied: frozenset[str] = frozenset(),
    exact: bool = True,
) -> list[CompositionProblem]:
    root = tree(config)
    assert isinstance(root, ConfigMap)
    use = SchemaUse(facts, (), supplied, exact, SPAN)
    return list(schema_problems(Composition(root, None, "c.yaml", (), (), (), ()), (use,)))


def kind(
    kind: TypeKind, *arguments: TypeFacts, optional: bool = False, choices: tuple[object, ...] = ()
) -> TypeFacts:
    return TypeFacts(kind, kind.value, optional, arguments, choices)


INT, FLOAT, STR, BOOL, NONE = (
    kind(TypeKind.INT),
    kind(TypeKind.FLOAT),
    kind(TypeKind.STR),
    kind(TypeKind.BOOL),
    kind(TypeKind.NONE),
)
TYPES: list[tuple[Any, TypeFacts]] = [
    (int, INT),
    (float, FLOAT),
    (str, STR),
    (bool, BOOL),
    (Path, kind(TypeKind.PATH)),
    (Any, kind(TypeKind.ANY)),
    (int | None, kind(TypeKind.INT, optional=True)),
    (int | str, kind(TypeKind.UNION, INT, STR)),
    (bool | float | None, kind(TypeKind.UNION, BOOL, FLOAT, optional=True)),
    (Literal["adam", "1"], kind(TypeKind.LITERAL, choices=("adam", "1"))),
    (list[int], kind(TypeKind.LIST, INT)),
    (list[Any], kind(TypeKind.LIST)),
    (dict[str, float], kind(TypeKind.DICT, STR, FLOAT)),
    (list[list[bool]], kind(TypeKind.LIST, kind(TypeKind.LIST, BOOL))),
    (tuple[int, float], kind(TypeKind.TUPLE, INT, FLOAT)),
    (tuple[int, ...], kind(TypeKind.TUPLE, INT, TypeFacts(TypeKind.UNKNOWN, "..."))),
    (tuple[Any, ...], kind(TypeKind.TUPLE)),
]
NUMBERS = ["1", " 1 ", "1.0", "1.5", "1_000", "+2", "-0", "1e3", "nan", "inf", "0x1", "1.", ".5", "1.0_0"]
ODD_NUMBERS = ["_1", "1_", "1__0", "-", "+", "0_1.0", "1 0", "9" * 30, "1e400", "\u0661", "\t1\n", "-inf"]
WORDS = ["", "abc", "adam", "true", "Yes", "off", "2", "t", "on ", "ON", "y", "infinity", "+nan"]
TEXTS = [*NUMBERS, *ODD_NUMBERS, *WORDS]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, 1.0, 1.5, -2.0, 1e-3, 1e300, float("inf"), float("nan")]),
    st.sampled_from(TEXTS),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(TYPES), VALUES)
@settings(max_examples=1500, deadline=None)
def test_a_value_is_refused_exactly_when_pydantic_refuses_it(
    wanted: tuple[Any, TypeFacts], value: Any
) -> None:
    annotation, facts = wanted
    model = pydantic.create_model("Config", key=(annotation, ...))
    try:
        model(**OmegaConf.create({"key": value}))
        refused = False
    except pydantic.ValidationError:
        refused = True
    problems = check(schema(field("key", facts)), {"key": value})
    assert bool(problems) is refused, (facts.text, value, problems)
    assert all(isinstance(problem, SchemaMismatch) for problem in problems)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"key": "many"}, "Input should be a valid integer"),
        ({"key": 0.5}, "Input should be a valid integer"),
        ({"key": None}, "Input should be a valid integer"),
        ({"key": [1]}, "Input should be a valid integer"),
        ({}, "Field required"),
        ({"key": 1, "other": 2}, "Extra inputs are not permitted"),
    ],
)
def test_the_words_are_those_of_pydantic(config: dict[str, object], words: str) -> None:
    model = pydantic.create_model("Config", __config__=pydantic.ConfigDict(extra="forbid"), key=(int, ...))
    with pytest.raises(pydantic.ValidationError, match=words):
        model(**OmegaConf.create(config))
    (problem,) = check(schema(field("key", INT), extra=Extra.FORBID), config)
    assert words in problem.hydra


def test_nested_models_and_lists_of_models() -> None:
    inner = schema(field("name", STR))
    outer = schema(
        field("arch", TypeFacts(TypeKind.SCHEMA, "Arch", schema=inner)),
        field("evaluators", kind(TypeKind.LIST, TypeFacts(TypeKind.SCHEMA, "Evaluator", schema=inner))),
    )
    problems = check(outer, {"arch": {"name": 3}, "evaluators": [{"name": "a"}, {"nam": "b"}]})
    assert [(type(problem), problem.key) for problem in problems] == [
        (SchemaMismatch, "arch.name"),
        (SchemaMissingField, "evaluators[1].name"),
    ]


def test_extra_fields() -> None:
    config: dict[str, object] = {"lr": 1.0, "lrr": 2}
    assert check(schema(field("lr", FLOAT), extra=Extra.IGNORE), config) == []
    assert check(schema(field("lr", FLOAT), extra=Extra.ALLOW), config) == []
    (problem,) = check(schema(field("lr", FLOAT), extra=Extra.FORBID), config)
    assert isinstance(problem, SchemaUnknownField)
    assert problem.available == ("lr",)
    assert check(schema(field("lr", FLOAT), extra=Extra.FORBID, complete=False), config) == []
    assert check(schema(field("lr", FLOAT), extra=Extra.FORBID), config, exact=False) == []


def test_a_field_may_come_by_its_alias_a_default_or_the_call() -> None:
    facts = schema(
        field("lr", FLOAT, alias="learning_rate"), field("rank", INT), field("seed", INT, required=False)
    )
    assert check(facts, {"learning_rate": 1.0}, supplied=frozenset({"rank"})) == []
    assert [problem.key for problem in check(facts, {})] == ["learning_rate", "rank"]
    assert check(facts, {}, exact=False) == []


def test_a_computed_default_is_a_default() -> None:
    computed = FieldFacts("lr", FLOAT, Unknown("it is made by a factory", SPAN), SPAN)
    assert check(schema(computed), {}) == []


@dataclasses.dataclass
class Plain:
    lr: float
    steps: int = 1


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        ({"lr": "not a number"}, None),
        ({"lr": 1.0, "epochs": 2}, SchemaUnknownField),
        ({"steps": 2}, SchemaMissingField),
    ],
)
def test_a_plain_dataclass_checks_names_only(config: dict[str, Any], kind: type | None) -> None:
    facts = schema(field("lr", FLOAT), field("steps", INT, required=False), kind=SchemaKind.DATACLASS)
    if kind is None:
        Plain(**config)
        assert check(facts, config) == []
        return
    with pytest.raises(TypeError) as caught:
        Plain(**config)
    (problem,) = check(facts, config)
    assert isinstance(problem, kind)
    assert problem.hydra.split("'")[1] in str(caught.value)


def test_what_is_missing_or_interpolated_is_not_judged() -> None:
    assert check(schema(field("lr", FLOAT)), {"lr": "???"}) == []
    assert check(schema(field("lr", FLOAT)), {"lr": "${other}"}) == []
