"""Where configs are looked up: every kind of place, their order, and places that cannot be seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.properties.case import Case
from tests.unit.compose.agreement import HERE, assert_agrees, ours, plain, request_of, write
from trainlint.compose.api import compose
from trainlint.compose.request import Provider, SearchEntry
from trainlint.compose.search import StoreSource, find_package
from trainlint.facts.config import ConfigNotFound, DefaultsListInvalid
from trainlint.facts.schema import StoredConfig
from trainlint.facts.value import Known, Unknown
from trainlint.source import Files

LIST = "defaults:\n  - db: pg\na: 1\n"
OTHER = "hydra:\n  searchpath:\n    - {place}\ndefaults:\n  - db: pg\na: 1\n"

AGREED = {
    "config dir": Case({"conf/config.yaml": LIST, "more/db/pg.yaml": "p: 1\n"}, config_dir="more"),
    "main comes before the config dir": Case(
        {"conf/config.yaml": LIST, "conf/db/pg.yaml": "p: 0\n", "more/db/pg.yaml": "p: 1\n"},
        config_dir="more",
    ),
    "primary in the config dir": Case({"conf/x.yaml": "", "more/config.yaml": "a: 1\n"}, config_dir="more"),
    "config dir absent": Case({"conf/config.yaml": "a: 1\n"}, config_dir="nope"),
    "relative searchpath": Case(
        {"conf/config.yaml": OTHER.format(place="file://more"), "more/db/pg.yaml": "p: 1\n"}
    ),
    "bare searchpath": Case({"conf/config.yaml": OTHER.format(place="more"), "more/db/pg.yaml": "p: 1\n"}),
    "absent searchpath": Case({"conf/config.yaml": OTHER.format(place="nope"), "conf/db/pg.yaml": "p: 1\n"}),
    "searchpath from the environment": Case(
        {"conf/config.yaml": OTHER.format(place="file://${oc.env:MORE}"), "more/db/pg.yaml": "p: 1\n"},
        environment={"MORE": "more"},
    ),
    "searchpath from another key": Case(
        {"conf/config.yaml": OTHER.format(place="${b}") + "b: more\n", "more/db/pg.yaml": "p: 1\n"}
    ),
    "searchpath on the command line": Case(
        {"conf/config.yaml": LIST, "more/db/pg.yaml": "p: 1\n"}, ("hydra.searchpath=[file://more]",)
    ),
    "searchpath on the command line replaces the config's": Case(
        {"conf/config.yaml": OTHER.format(place="nope"), "more/db/pg.yaml": "p: 1\n"},
        ("hydra.searchpath=[more]",),
    ),
    "searchpath is a text": Case({"conf/config.yaml": "hydra:\n  searchpath: more\n"}),
    "searchpath holds a number": Case({"conf/config.yaml": "hydra:\n  searchpath: [1]\n"}),
    "searchpath of an unknown kind": Case({"conf/config.yaml": OTHER.format(place="s3://x")}),
    "primary only behind the searchpath": Case(
        {"conf/x.yaml": "", "more/config.yaml": "a: 1\n"}, ("hydra.searchpath=[more]",)
    ),
    "a group only behind the searchpath": Case(
        {"conf/config.yaml": "hydra:\n  searchpath: [more]\na: 1\n", "more/db/pg.yaml": "p: 1\n"}, ("+db=pg",)
    ),
    "hydra's own configs come first": Case(
        {
            "conf/config.yaml": "defaults:\n  - override hydra/job_logging: none\na: 1\n",
            "conf/hydra/job_logging/none.yaml": "own: 1\n",
        }
    ),
    "an option of one's own in a hydra group": Case(
        {
            "conf/config.yaml": "defaults:\n  - override hydra/job_logging: mine\na: 1\n",
            "conf/hydra/job_logging/mine.yaml": "version: 1\n",
        }
    ),
}


@pytest.mark.parametrize("name", AGREED)
def test_as_hydra_finds_it(name: str, tmp_path: Path) -> None:
    assert len(assert_agrees(AGREED[name], tmp_path)) <= 1


PACKAGE = {
    "conf/config.yaml": OTHER.format(place="pkg://tools.conf"),
    "tools/__init__.py": "",
    "tools/conf/db/pg.yaml": "p: 1\n",
}


def test_a_first_party_package_on_the_searchpath(tmp_path: Path) -> None:
    (composition,) = ours(Case(PACKAGE), tmp_path)
    assert composition.problems == ()
    assert plain(composition.root) == {"db": {"p": 1}, "a": 1}
    assert "tools/conf/db/pg.yaml" in composition.files


def test_a_package_that_is_not_installed_leaves_doubt(tmp_path: Path) -> None:
    (composition,) = ours(Case({"conf/config.yaml": OTHER.format(place="pkg://nowhere.conf")}), tmp_path)
    assert composition.problems == ()
    assert "nowhere.conf" in composition.unverified[0].reason


def test_an_installed_package_is_found_by_its_files(tmp_path: Path) -> None:
    write(Case({"site/lib/conf/x.yaml": ""}), tmp_path)
    request = replace(request_of(Case({}), tmp_path), packages={"lib": tmp_path / "site/lib"})
    found = find_package("lib/conf", request, HERE, Files(tmp_path))
    assert found.value == tmp_path / "site/lib/conf"


def test_a_primary_config_in_a_package(tmp_path: Path) -> None:
    write(
        Case({"app/__init__.py": "", "app/conf/__init__.py": "", "app/conf/config.yaml": "a: 1\n"}), tmp_path
    )
    open_ = Unknown("not looked up", HERE)
    request = request_of(Case({}), tmp_path)
    entry = SearchEntry(Provider.PACKAGE, "app.conf", open_, "main", HERE)
    (composition,) = compose(replace(request, search_path=(entry,)), Files(tmp_path))
    assert plain(composition.root) == {"a": 1}


def test_a_key_that_may_be_a_group_of_an_unseen_package_is_no_error(tmp_path: Path) -> None:
    files = {"conf/config.yaml": "hydra:\n  searchpath: [pkg://nowhere.conf]\na: 1\n"}
    (composition,) = ours(Case(files, ("db=pg", "a=2")), tmp_path)
    assert composition.problems == ()
    assert "`db` may be a config group" in composition.unverified[0].reason


def test_an_unknown_main_place_leaves_everything_open(tmp_path: Path) -> None:
    request = request_of(Case({}), tmp_path)
    unknown = SearchEntry(Provider.FILE, "?", Unknown("not installed", HERE), "main", HERE)
    (composition,) = compose(replace(request, search_path=(unknown,)), Files(tmp_path))
    assert (composition.root, composition.problems) == (None, ())
    assert composition.unverified == (Unknown("not installed", HERE),)


def test_a_searchpath_from_an_unknown_variable_leaves_doubt(tmp_path: Path) -> None:
    case = Case({"conf/config.yaml": OTHER.format(place="${oc.env:TL_NOT_SET}/x")})
    (composition,) = ours(case, tmp_path)
    assert composition.problems == ()
    assert composition.unverified != ()


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    case = Case({"conf/cfg_a.yaml": "", "conf/cfg_b.yaml": ""}, config_name="cfg_c")
    (composition,) = ours(case, tmp_path)
    (problem,) = composition.problems
    assert isinstance(problem, ConfigNotFound)
    assert (problem.searched, problem.available) == (("conf",), ("cfg_a", "cfg_b"))


def test_a_circle_of_links_ends(tmp_path: Path) -> None:
    write(Case({"conf/config.yaml": "defaults:\n  - s: a\n"}), tmp_path)
    (tmp_path / "conf/s").symlink_to(tmp_path / "conf/t")
    (tmp_path / "conf/t").symlink_to(tmp_path / "conf/s")
    (composition,) = ours(Case({}), tmp_path)
    assert len(composition.problems) == 1


def test_a_list_that_doubles_ends(tmp_path: Path) -> None:
    files = {f"conf/c{i}.yaml": f"defaults:\n  - c{i + 1}@a\n  - c{i + 1}@b\n" for i in range(40)} | {
        "conf/c40.yaml": ""
    }
    (composition,) = ours(Case(files, config_name="c0"), tmp_path)
    assert composition.unverified != ()
    assert not any(isinstance(problem, DefaultsListInvalid) for problem in composition.problems)


def test_the_store_is_a_tree_of_groups() -> None:
    def stored(name: str, group: str | None) -> StoredConfig:
        return StoredConfig(Known(name, HERE), Known(group, HERE), Known(None, HERE), None, None, HERE)

    source = StoreSource((stored("base", None), stored("pg.yaml", "db/sql")))
    assert source.find("base") is not None
    assert source.find("db/sql/pg.yaml") is not None
    assert source.find("db/sql/nope") is None
    assert (source.has_group("db"), source.has_group("db/sql"), source.has_group("base")) == (
        True,
        True,
        False,
    )
    assert source.options("db/sql") == ("pg",)
