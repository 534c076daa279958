"""Primary configs and groups that a script registers with Hydra's ConfigStore."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.properties.case import Case
from tests.unit.compose.agreement import HERE, plain, request_of
from trainlint.compose.api import compose
from trainlint.compose.request import ComposeRequest
from trainlint.facts.config import Composition, DefaultNotFound, InclusionKind, UnknownOverrideKey
from trainlint.facts.schema import (
    Extra,
    FieldFacts,
    SchemaFacts,
    SchemaKind,
    StoredConfig,
    TypeFacts,
    TypeKind,
)
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Files, Span

APP = Span.at("app.py", 7)
ANY = TypeFacts(TypeKind.ANY, "Any")
INT = TypeFacts(TypeKind.INT, "int")


def stored(group: str | None, name: str, **fields: Value[object]) -> StoredConfig:
    facts = tuple(
        FieldFacts(key, ANY if key == "defaults" else INT, value, APP) for key, value in fields.items()
    )
    schema = SchemaFacts(name.title(), SchemaKind.DATACLASS, facts, Extra.FORBID, True, APP)
    return StoredConfig(Known(name, APP), Known(group, APP), Known(None, APP), None, schema, APP)


def composed(tmp_path: Path, overrides: tuple[str, ...], *configs: StoredConfig) -> Composition:
    request: ComposeRequest = replace(
        request_of(Case({}, overrides), tmp_path), search_path=(), stored=tuple(configs)
    )
    (composition,) = compose(request, Files(tmp_path))
    return composition


def known(value: object) -> Value[object]:
    return Known(value, APP)


GROUP = (stored("db", "mysql", port=known(1)), stored("db", "pg", port=known(2)))


def test_a_stored_primary_config_with_its_defaults_list(tmp_path: Path) -> None:
    primary = stored(None, "config", defaults=known([{"db": "mysql"}, "_self_"]), lr=known(3))
    composition = composed(tmp_path, ("db=pg", "lr=4"), primary, *GROUP)
    assert composition.problems == ()
    assert plain(composition.root) == {"db": {"port": 2}, "lr": 4}
    assert composition.choices[0].siblings == ("mysql",)


def test_where_it_stands_is_its_story(tmp_path: Path) -> None:
    composition = composed(tmp_path, (), stored(None, "config", lr=known(3)))
    assert composition.root is not None
    inclusion = composition.root.children["lr"].origin.inclusion
    assert (inclusion.kind, inclusion.span) == (InclusionKind.PRIMARY, APP)


def test_an_option_that_nobody_stored_is_refused(tmp_path: Path) -> None:
    primary = stored(None, "config", defaults=known([{"db": "mysql"}]))
    (problem,) = composed(tmp_path, ("db=nope", "db.port=3"), primary, *GROUP).problems
    assert isinstance(problem, DefaultNotFound)
    assert problem.available == ("mysql", "pg")


def test_a_computed_defaults_list_leaves_keys_open(tmp_path: Path) -> None:
    hidden = Unknown("`defaults` is computed", APP)
    composition = composed(tmp_path, ("db=pg", "db.port=3"), stored(None, "config", defaults=hidden), *GROUP)
    assert composition.problems == ()
    assert "`defaults` is computed" in composition.unverified[0].reason


def test_a_stored_node_that_is_no_class_leaves_its_keys_open(tmp_path: Path) -> None:
    primary = stored(None, "config", defaults=known([{"db": "mysql"}]), lr=known(3))
    opaque = replace(GROUP[0], schema=None)
    composition = composed(tmp_path, ("db.port=3", "db.any.thing=4", "lrr=5"), primary, opaque)
    (problem,) = composition.problems
    assert isinstance(problem, UnknownOverrideKey)
    assert problem.key == "lrr"
    assert composition.unverified != ()


def test_a_registration_with_a_computed_name_leaves_doubt(tmp_path: Path) -> None:
    primary = stored(None, "config", defaults=known([{"db": "mysql"}]))
    computed = replace(GROUP[1], name=Unknown("computed", HERE))
    composition = composed(tmp_path, ("db=other",), primary, GROUP[0], computed)
    assert composition.problems == ()
    assert composition.unverified != ()
