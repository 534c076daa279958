"""Defaults lists: our composition against Hydra's, one named case a meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.properties.case import Case
from tests.unit.compose.agreement import assert_agrees

DB = {
    "conf/db/mysql.yaml": "driver: mysql\nport: 1\n",
    "conf/db/pg.yaml": "driver: pg\nport: 2\n",
}
PLAIN = {"conf/config.yaml": "defaults:\n  - db: mysql\nlr: 0.1\n", **DB}


def tree(text: str, **more: str) -> dict[str, str]:
    """A primary config beside the `db` group; `a__b` names `conf/a/b.yaml`."""
    extra = {f"conf/{name.replace('__', '/')}.yaml": body for name, body in more.items()}
    return {"conf/config.yaml": text, **DB, **extra}


ACCEPTED = {
    "no defaults list": Case({"conf/config.yaml": "a: 1\n"}),
    "empty config": Case({"conf/config.yaml": ""}),
    "config name with extension": Case(PLAIN, config_name="config.yaml"),
    "no config name": Case(PLAIN, config_name=None),
    "no config name but a group": Case(PLAIN, ("+db=pg",), config_name=None),
    "implicit self comes last": Case(tree("defaults:\n  - db: mysql\ndb:\n  port: 9\n")),
    "self first": Case(tree("defaults:\n  - _self_\n  - db: mysql\ndb:\n  port: 9\n  user: me\n")),
    "self between": Case(tree("defaults:\n  - base\n  - _self_\n  - db: pg\nx: 1\n", base="x: 0\ny: 0\n")),
    "null option": Case(tree("defaults:\n  - db: null\na: 1\n")),
    "null option chosen": Case(tree("defaults:\n  - db: null\na: 1\n"), ("db=pg",)),
    "several options": Case(tree("defaults:\n  - db: [mysql, pg]\n")),
    "several options chosen": Case(PLAIN, ("db=[pg,mysql]",)),
    "list narrowed to one": Case(tree("defaults:\n  - db: [mysql, pg]\n"), ("db=pg",)),
    "optional absent": Case(tree("defaults:\n  - optional db: nope\na: 1\n")),
    "optional present": Case(tree("defaults:\n  - optional db: pg\n")),
    "optional chosen absent": Case(tree("defaults:\n  - optional db: pg\na: 1\n"), ("db=nope",)),
    "misspelt keyword is ignored": Case(tree("defaults:\n  - optionl db: pg\n")),
    "package of an entry": Case(tree("defaults:\n  - db@source: mysql\n  - db@target: pg\n")),
    "package chosen": Case(tree("defaults:\n  - db@source: mysql\n  - db@target: pg\n"), ("db@source=pg",)),
    "global package": Case(tree("defaults:\n  - db@_global_: mysql\na: 1\n")),
    "global package chosen": Case(tree("defaults:\n  - db@_global_: mysql\n"), ("db@_global_=pg",)),
    "global and deeper": Case(tree("defaults:\n  - db@_global_.x.y: mysql\n")),
    "group keyword": Case(tree("defaults:\n  - db@_group_: mysql\n")),
    "group keyword deeper": Case(tree("defaults:\n  - db@x._group_: mysql\n")),
    "here keyword": Case(tree("defaults:\n  - s: a\n", s__a="defaults:\n  - /db@_here_: pg\nq: 1\n")),
    "old renaming form": Case(tree("defaults:\n  - db@a:b: mysql\n")),
    "package header": Case(tree("defaults:\n  - s: a\n", s__a="# @package foo.bar\nq: 1\n")),
    "global header": Case(tree("defaults:\n  - s: a\n", s__a="# @package _global_\nq: 1\n")),
    "header against entry package": Case(tree("defaults:\n  - s@p: a\n", s__a="# @package foo\nq: 1\n")),
    "group header in 1.1": Case(
        tree("defaults:\n  - s: a\n", s__a="# @package _group_\nq: 1\n"), version_base="1.1"
    ),
    "group header in 1.3": Case(tree("defaults:\n  - s: a\n", s__a="# @package _group_\nq: 1\n")),
    "name header in 1.1": Case(
        tree("defaults:\n  - s: a\n", s__a="# @package _group_._name_\nq: 1\n"), version_base="1.1"
    ),
    "nested group": Case(tree("defaults:\n  - s: a\n", s__a="defaults:\n  - t: b\nq: 1\n", s__t__b="r: 1\n")),
    "nested group chosen": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - t: b\nq: 1\n", s__t__b="r: 1\n", s__t__c="r: 2\n"),
        ("s/t=c",),
    ),
    "absolute group": Case(tree("defaults:\n  - s: a\n", s__a="defaults:\n  - /db: pg\nq: 1\n")),
    "absolute group chosen": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - /db: pg\nq: 1\n"), ("db@s.db=mysql",)
    ),
    "absolute group in its own package": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - /db@_global_.db: pg\nq: 1\n"), ("db=mysql",)
    ),
    "config entry": Case(tree("defaults:\n  - base\n  - db/pg\n", base="x: 1\n")),
    "sibling entry": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - b\nq: 1\n", s__b="q: 2\nr: 2\n")
    ),
    "absolute entry": Case(tree("defaults:\n  - s: a\n", s__a="defaults:\n  - /base@here\n", base="x: 1\n")),
    "parent entry": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - ../base@here\nq: 1\n", base="x: 1\n")
    ),
    "same config at two packages": Case(tree("defaults:\n  - db@a: pg\n  - db@b: pg\n")),
    "override item": Case(
        tree(
            "defaults:\n  - db: mysql\n  - e: x\n",
            e__x="# @package _global_\ndefaults:\n  - override /db: pg\n",
        )
    ),
    "experiment": Case(
        tree(
            "defaults:\n  - db: mysql\n  - _self_\nlr: 1\n",
            experiment__x="# @package _global_\ndefaults:\n  - override /db: pg\nlr: 2\ndb:\n  port: 7\n",
        ),
        ("+experiment=x",),
    ),
    "command line beats override item": Case(
        tree(
            "defaults:\n  - db: mysql\n",
            experiment__x="# @package _global_\ndefaults:\n  - override /db: pg\n",
        ),
        ("+experiment=x", "db=mysql"),
    ),
    "override items only": Case(
        tree("defaults:\n  - override hydra/job_logging: disabled\na: 1\n"),
    ),
    "override items only, appended group": Case(
        tree("defaults:\n  - override hydra/job_logging: disabled\na: 1\n"), ("+db=pg",)
    ),
    "override hydra": Case(tree("defaults:\n  - db: pg\n  - override hydra/job_logging: none\na: 1\n")),
    "hydra group without keyword in 1.1": Case(
        tree("defaults:\n  - db: pg\n  - hydra/job_logging: none\na: 1\n"), version_base="1.1"
    ),
    "hydra group on the command line": Case(PLAIN, ("hydra/job_logging=stdout",)),
    "appended group": Case(tree("a: 1\n"), ("+db=pg",)),
    "appended at a package": Case(PLAIN, ("+db@other=pg",)),
    "appended list": Case(tree("a: 1\n"), ("+db=[pg,mysql]",)),
    "deleted group": Case(PLAIN, ("~db",)),
    "deleted option": Case(PLAIN, ("~db=mysql",)),
    "deleted at a package": Case(tree("defaults:\n  - db@x: pg\na: 1\n"), ("~db@x",)),
    "dict for a group name is a value": Case(PLAIN, ("db={port:5}",)),
    "interpolated option": Case(
        tree("defaults:\n  - db: pg\n  - s: ${db}\n", s__pg="q: 1\n", s__mysql="q: 2\n"), ("db=mysql",)
    ),
    "interpolated text": Case(
        tree("defaults:\n  - db: pg\n  - s: a\n  - u: ${db}_${s}\n", s__a="q: 1\n", u__pg_a="v: 1\n")
    ),
    "optional interpolated": Case(tree("defaults:\n  - db: pg\n  - optional u: ${db}_x\n")),
    "interpolation of a nested choice": Case(
        tree(
            "defaults:\n  - db: pg\n  - u: ${s/t}\n  - s: a\n",
            s__a="defaults:\n  - t: b\n",
            s__t__b="r: 1\n",
            u__b="w: 1\n",
        )
    ),
    "old interpolation in 1.1": Case(
        tree("defaults:\n  - db: pg\n  - s: ${defaults.0.db}\n", s__pg="q: 1\n"), version_base="1.1"
    ),
    "interpolated list position": Case(
        tree("defaults:\n  - db: pg\n  - x_${defaults.0.db}\n", x_pg="q: 1\n")
    ),
    "primary in a folder": Case(tree("a: 1\n", exp__a="x: 1\n"), config_name="exp/a"),
    "primary in a folder with defaults": Case(
        tree("a: 1\n", exp__a="defaults:\n  - /config\n  - b\nx: 1\n", exp__b="y: 1\n"), config_name="exp/a"
    ),
    "primary in a folder, global": Case(
        tree("a: 1\n", exp__a="# @package _global_\ndefaults:\n  - /db: pg\n  - b\nx: 1\n", exp__b="y: 1\n"),
        config_name="exp/a",
    ),
    "defaults ???": Case(tree("defaults: ???\na: 1\n")),
    "empty defaults": Case(tree("defaults: []\na: 1\n")),
    "mandatory group chosen": Case(tree("defaults:\n  - db: ???\n"), ("db=pg",)),
    "yml in 1.1": Case({"conf/config.yml": "a: 1\n"}, config_name="config.yml", version_base="1.1"),
    "dots in a name": Case({"conf/cfg.v1.yaml": "a: 1\n"}, config_name="cfg.v1"),
    "old optional key in 1.1": Case(
        tree("defaults:\n  - db: nope\n    optional: true\na: 1\n"), version_base="1.1"
    ),
    "deep defaults": Case(
        {f"conf/c{i}.yaml": f"defaults:\n  - c{i + 1}\n  - _self_\na: {i}\nb{i}: 1\n" for i in range(40)}
        | {"conf/c40.yaml": "a: 40\n"},
        config_name="c0",
    ),
}

REFUSED = {
    "primary not found": Case(PLAIN, config_name="nope"),
    "directory not found": Case(PLAIN, config_path="nope"),
    "option not found": Case(tree("defaults:\n  - db: nope\n")),
    "option not found on the command line": Case(PLAIN, ("db=nope",)),
    "appended option not found": Case(PLAIN, ("+db@x=nope",)),
    "config entry not found": Case(tree("defaults:\n  - nope\n")),
    "option in a list not found": Case(tree("defaults:\n  - db: [mysql, nope]\n")),
    "mandatory group": Case(tree("defaults:\n  - db: ???\n")),
    "group not in the list": Case(tree("a: 1\n"), ("db=pg",)),
    "group at another package": Case(tree("defaults:\n  - db@x: pg\n"), ("db=mysql",)),
    "group at two other packages": Case(tree("defaults:\n  - db@x: pg\n  - db@y: pg\n"), ("db=mysql",)),
    "unmatched override item": Case(tree("defaults:\n  - override db: pg\n")),
    "override before others": Case(tree("defaults:\n  - override hydra/help: default\n  - db: pg\n")),
    "group appended twice": Case(PLAIN, ("+db=mysql",)),
    "group appended with another option": Case(PLAIN, ("+db=pg",)),
    "group forced": Case(PLAIN, ("++db=pg",)),
    "group set to a number": Case(PLAIN, ("db=5",)),
    "group set to null": Case(PLAIN, ("db=null",)),
    "group set to nothing": Case(PLAIN, ("db=",)),
    "deleted group absent": Case(tree("a: 1\n"), ("~db",)),
    "deleted other option": Case(PLAIN, ("~db=pg",)),
    "same group twice": Case(tree("defaults:\n  - db: pg\n  - db: pg\n")),
    "same group twice, other option": Case(tree("defaults:\n  - db: pg\n  - db: mysql\n")),
    "self twice": Case(tree("defaults:\n  - _self_\n  - db: pg\n  - _self_\n")),
    "self with a package": Case(tree("defaults:\n  - _self_@x\n")),
    "defaults is a mapping": Case(tree("defaults:\n  db: pg\n")),
    "defaults is null": Case(tree("defaults:\na: 1\n")),
    "option is a number": Case(tree("defaults:\n  - db: 1\n")),
    "option is a mapping": Case(tree("defaults:\n  - db: {a: 1}\n")),
    "option list with a number": Case(tree("defaults:\n  - db: [1]\n")),
    "item is a number": Case(tree("defaults:\n  - 1\n")),
    "item is null": Case(tree("defaults:\n  -\n")),
    "item with two keys": Case(tree("defaults:\n  - db: pg\n    x: y\n")),
    "missing config entry": Case(tree("defaults:\n  - ???\n")),
    "unknown interpolation": Case(tree("defaults:\n  - db: pg\n  - s: ${nope}\n", s__a="")),
    "old interpolation in 1.3": Case(tree("defaults:\n  - db: pg\n  - s: ${defaults.0.db}\n", s__pg="")),
    "interpolation in a list": Case(tree("defaults:\n  - db: pg\n  - s: ['${db}']\n", s__pg="")),
    "override below an interpolated option": Case(
        tree(
            "defaults:\n  - db: pg\n  - t: b\n  - s: ${db}\n",
            s__pg="defaults:\n  - override /t: c\n",
            t__b="",
            t__c="",
        )
    ),
    "recursion": Case(tree("defaults:\n  - config\na: 1\n")),
    "recursion of two": Case(
        tree("defaults:\n  - s: a\n", s__a="defaults:\n  - b\n", s__b="defaults:\n  - a\n")
    ),
    "searchpath outside the primary": Case(
        tree("defaults:\n  - s: a\n", s__a="# @package _global_\nhydra:\n  searchpath: [file://x]\n")
    ),
    "package on a value": Case(PLAIN, ("lr@x=1",)),
    "broken default": Case(tree("defaults:\n  - s: a\n", s__a="a: [1\n")),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted_as_hydra_does(name: str, tmp_path: Path) -> None:
    problems = assert_agrees(ACCEPTED[name], tmp_path)
    assert problems == [], f"Hydra refuses the case meant to be accepted: {problems}"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_as_hydra_does(name: str, tmp_path: Path) -> None:
    problems = assert_agrees(REFUSED[name], tmp_path)
    assert len(problems) == 1, problems
