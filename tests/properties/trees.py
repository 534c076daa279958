"""Hypothesis strategies for whole config trees with the command lines that go with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml as yaml_library
from hypothesis import strategies as st

from tests.properties import texts
from tests.properties.case import Case
from tests.properties.schemas import Schemas, schema_modules

Body = dict[str, "Node"]
Node = str | Body | list["Node"]


@dataclass(frozen=True)
class Setting:
    """What a strategy may refer to: the options that exist, and whether it may make mistakes.

    `bases` are structured configs outside of any group.
    """

    options: Mapping[str, tuple[str, ...]]
    faulty: bool
    bases: tuple[str, ...] = ()


def chance(percent: int) -> st.SearchStrategy[bool]:
    """True about that often, False first when shrinking."""
    return st.integers(0, 99).map(lambda number: number >= 100 - percent)


def pick(*strategies: tuple[int, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """One of the strategies, as often as its weight says; the first is the simplest."""
    wheel = [strategy for weight, strategy in strategies for _ in range(weight)]
    return st.sampled_from(wheel).flatmap(lambda strategy: strategy)


def scalars(setting: Setting) -> st.SearchStrategy[str]:
    """The text of a scalar or a flow collection."""
    return pick(
        (8, st.sampled_from(texts.PLAIN)),
        (4, st.sampled_from(texts.INTERPOLATIONS)),
        (3 if setting.faulty else 1, st.sampled_from(texts.ODD)),
        (1, st.sampled_from(texts.FLOW)),
        (1, st.sampled_from(texts.BROKEN) if setting.faulty else st.just("1")),
    )


@st.composite
def bodies(draw: st.DrawFn, setting: Setting, depth: int = 0) -> Body:
    names = draw(st.lists(st.sampled_from(texts.KEYS), max_size=3, unique=True))
    if draw(chance(4)):
        names.append(draw(st.sampled_from(texts.ODD_KEYS)))
    if setting.faulty and draw(chance(2)):
        names.append(draw(st.sampled_from(texts.BROKEN_KEYS)))
    if draw(chance(6)):
        names.append(draw(st.sampled_from(("g", "h", "k", "p"))))
    return {name: draw(nodes(setting, depth)) for name in names}


@st.composite
def nodes(draw: st.DrawFn, setting: Setting, depth: int) -> Node:
    shape = draw(st.sampled_from("ssssmml" if depth < 3 else "s"))
    if shape == "m":
        return draw(bodies(setting, depth + 1))
    if shape == "l":
        return draw(st.lists(nodes(setting, depth + 1), max_size=3))
    return draw(scalars(setting))


def yaml(node: Body | list[Node], indent: str = "") -> str:
    """A block mapping or sequence as text."""
    if isinstance(node, dict):
        return "".join(f"{indent}{key}:{_value(child, indent)}" for key, child in node.items())
    return "".join(f"{indent}-{_value(child, indent)}" for child in node)


def _value(node: Node, indent: str) -> str:
    if isinstance(node, str):
        return f" {node}\n"
    if not node:
        return " {}\n" if isinstance(node, dict) else " []\n"
    return "\n" + yaml(node, indent + "  ")


FORMS = ("group",) * 8 + (
    "config",
    "list",
    "null",
    "optional",
    "override",
    "interpolated",
    "absent",
    "missing",
)


@st.composite
def entries(draw: st.DrawFn, setting: Setting, home: str, reachable: tuple[str, ...]) -> str:
    """One entry of the defaults list of a config in group `home`."""
    if setting.bases and draw(chance(35)):
        base = draw(st.sampled_from(setting.bases))
        return f"/{base}@{draw(st.sampled_from(('_here_', 'p', 'a')))}" if home else base
    if not reachable or draw(chance(8)):
        return "_self_"
    group = draw(st.sampled_from(reachable))
    option = draw(st.sampled_from(setting.options[group]))
    if setting.faulty and draw(chance(12)):
        return draw(faulty_entries(group, option))
    name = _seen_from(home, group, draw(chance(20)))
    package = draw(pick((5, st.just("")), (2, st.sampled_from(texts.PACKAGES).map(lambda text: "@" + text))))
    form = draw(st.sampled_from(FORMS))
    return _entry(form, name, package, option, draw(st.sampled_from(texts.OPTIONS)))


def _seen_from(home: str, group: str, absolute: bool) -> str:
    if not absolute and home and group.startswith(home + "/"):
        return group[len(home) + 1 :]
    return f"/{group}" if absolute or home else group


def _entry(form: str, name: str, package: str, option: str, other: str) -> str:
    return {
        "group": f"{name}{package}: {option}",
        "config": f"{name}/{option}{package}",
        "list": f"{name}{package}: [{option}, {other}]",
        "null": f"{name}{package}: null",
        "optional": f"optional {name}{package}: {option}",
        "absent": f"optional {name}{package}: nope",
        "override": f"override {name}{package}: {option}",
        "missing": f"{name}{package}: ???",
        "interpolated": f"{name}{package}: ${{{other_group(name)}}}",
    }[form]


def other_group(name: str) -> str:
    """A group that the same list may have chosen before."""
    return {"g": "h", "/g": "h", "h": "g"}.get(name, "g")


def faulty_entries(group: str, option: str) -> st.SearchStrategy[str]:
    """Entries that Hydra refuses, or takes in a way one would not expect."""
    return st.sampled_from(texts.FAULTY_ENTRIES).map(
        lambda text: text.replace("<g>", group).replace("<o>", option)
    )


@st.composite
def config_texts(draw: st.DrawFn, setting: Setting, home: str, reachable: tuple[str, ...]) -> str:
    """One config file."""
    if draw(chance(7 if setting.faulty else 2)):
        return draw(st.sampled_from(texts.BLOCKS))
    header = draw(headers(setting)) if home else ""
    body = yaml(draw(bodies(setting)))
    defaults = draw(defaults_lists(setting, home, reachable))
    return header + (defaults + body if draw(chance(90)) else body + defaults)


@st.composite
def headers(draw: st.DrawFn, setting: Setting) -> str:
    """A package header, more often none."""
    if draw(chance(20)):
        return f"# @package {draw(st.sampled_from(texts.HEADERS))}\n"
    if setting.faulty and draw(chance(4)):
        return draw(st.sampled_from(texts.BAD_HEADERS)) + "\n"
    return ""


@st.composite
def defaults_lists(draw: st.DrawFn, setting: Setting, home: str, reachable: tuple[str, ...]) -> str:
    """The text of a defaults list, empty when the config has none."""
    if not draw(chance(35 if home else 80)):
        return ""
    lines = draw(st.lists(entries(setting, home, reachable), max_size=2 if home else 4))
    if lines and "_self_" not in lines and draw(chance(50)):
        lines.insert(draw(st.integers(0, len(lines))), "_self_")
    if not setting.faulty:
        lines = sorted(dict.fromkeys(lines), key=lambda line: line.startswith("override"))
    return "defaults:\n" + "".join(f"  - {line}\n" for line in lines) if lines else ""


KINDS = ("value",) * 6 + ("add",) * 3 + ("force", "delete", "choice", "choice", "hydra", "sweep")
FRESH = ("n", "n.m", "a.n", "g.n", "a.b.c.n", "p.n", "b.n.m")


@st.composite
def override_texts(draw: st.DrawFn, setting: Setting, paths: tuple[str, ...], multirun: bool) -> str:
    """One override, aimed at what the tree holds."""
    kind = draw(st.sampled_from(KINDS))
    if kind == "hydra":
        return draw(st.sampled_from(texts.HYDRA))
    if kind == "choice":
        return draw(choices(setting, multirun))
    path = draw(st.sampled_from(paths))
    fresh = draw(st.sampled_from((f"{path}.n", *FRESH)))
    if setting.faulty and draw(chance(20)):
        path = draw(st.sampled_from(texts.FAULTY_PATHS)).replace("<p>", path)
    value = draw(values(setting))
    if kind == "sweep" and (multirun or setting.faulty):
        value = draw(st.sampled_from(texts.SWEEPS))
    if kind == "add":
        return f"+{fresh if draw(chance(75)) else path}={value}"
    if kind == "force":
        return f"++{draw(st.sampled_from((path, fresh)))}={value}"
    if kind == "delete":
        return draw(st.sampled_from((f"~{path}", f"~{path}={value}", f"~{path}=")))
    return f"{path}={value}"


@st.composite
def values(draw: st.DrawFn, setting: Setting) -> str:
    """The right side of an override."""
    if setting.faulty and draw(chance(15)):
        return draw(st.sampled_from(texts.BROKEN_VALUES))
    return draw(st.sampled_from(texts.VALUES if draw(chance(60)) else texts.PLAIN))


@st.composite
def choices(draw: st.DrawFn, setting: Setting, multirun: bool) -> str:
    """An override of a config group."""
    group = draw(st.sampled_from(tuple(setting.options)))
    option = draw(st.sampled_from(setting.options[group]))
    if setting.faulty and draw(chance(30)):
        option = draw(st.sampled_from(texts.FAULTY_OPTIONS))
    package = draw(pick((5, st.just("")), (1, st.sampled_from(texts.CHOICE_PACKAGES))))
    prefix = draw(st.sampled_from(("", "", "", "+", "+", "~", "++" if setting.faulty else "")))
    if prefix == "~" and draw(chance(50)):
        return f"~{group}{package}"
    if multirun and draw(chance(30)):
        option = draw(st.sampled_from(texts.SWEEPS))
    return f"{prefix}{group}{package}={option}"


#: Percentage of cases whose script stores structured configs.
SCHEMA_SHARE = 20


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A whole launch."""
    faulty, multirun = draw(chance(45)), draw(chance(15))
    groups = tuple(draw(st.lists(st.sampled_from(texts.GROUPS), min_size=1, max_size=3, unique=True)))
    some = st.lists(st.sampled_from(texts.OPTIONS), min_size=1, max_size=2, unique=True)
    options = {group: tuple(draw(some)) for group in groups}
    schemas = draw(schema_modules(groups)) if draw(chance(SCHEMA_SHARE)) else Schemas("")
    setting = Setting(
        {group: (*options[group], *schemas.names(group)) for group in groups}, faulty, schemas.names(None)
    )
    files = draw(tree_files(setting, options))
    paths = draw(key_paths(files, groups))
    overrides = draw(st.lists(override_texts(setting, paths, multirun), max_size=3))
    return Case(
        files,
        tuple(overrides),
        multirun=multirun,
        environment=texts.ENVIRONMENT,
        schemas=schemas.text,
        **draw(settings_of_launch(faulty, any(path.startswith("extra/") for path in files))),
    )


@st.composite
def tree_files(draw: st.DrawFn, setting: Setting, options: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The texts of all configs; each group's configs may name those of the groups after it."""
    groups = tuple(options)
    files = {"conf/config.yaml": draw(config_texts(setting, "", groups))}
    for rank, group in enumerate(groups):
        reachable = groups if setting.faulty and draw(chance(15)) else groups[rank + 1 :]
        for option in options[group]:
            files[f"conf/{group}/{option}.yaml"] = draw(config_texts(setting, group, reachable))
    return files | draw(more_files(setting))


@st.composite
def more_files(draw: st.DrawFn, setting: Setting) -> dict[str, str]:
    """Now and then a second directory, whose configs may hide or complete those of the first."""
    if not draw(chance(12)):
        return {}
    group, option = draw(st.sampled_from(tuple(setting.options))), draw(st.sampled_from(texts.OPTIONS))
    return {
        f"extra/{group}/{option}.yaml": draw(config_texts(setting, group, ())),
        "extra/y.yaml": draw(config_texts(setting, "", ())),
    }


NAMES = ("config.yaml", "nope", None, "g/x", "config.yml", "config/", "sub/config")


@st.composite
def settings_of_launch(draw: st.DrawFn, faulty: bool, extra: bool) -> dict[str, Any]:
    """Config name, version base and `--config-dir`."""
    return {
        "config_name": draw(st.sampled_from(NAMES)) if faulty and draw(chance(8)) else "config",
        "version_base": draw(st.sampled_from(("1.3", "1.3", "1.3", "1.3", "1.2", "1.1"))),
        "config_dir": "extra" if draw(chance(70 if extra else 1)) else None,
    }


@st.composite
def key_paths(draw: st.DrawFn, files: Mapping[str, str], groups: tuple[str, ...]) -> tuple[str, ...]:
    """Dotted keys, most of which some file has."""
    below = (group.replace("/", ".") + "." + key for group in groups for key in texts.KEYS)
    head = st.sampled_from((*texts.KEYS, *texts.KEYS, *below))
    tail = st.sampled_from(("", "", "", ".a", ".b", ".c", ".0"))
    guessed = st.builds(str.__add__, head, tail)
    written = tuple(key for path, text in files.items() for key in keys_in(path, text))
    likely = st.sampled_from(written) if written else guessed
    return tuple(draw(st.lists(st.one_of(likely, likely, guessed), min_size=1, max_size=3)))


def keys_in(path: str, text: str) -> Iterator[str]:
    """The dotted keys of a config file, below the package that its folder gives it."""
    try:
        content = yaml_library.safe_load(text)
    except (yaml_library.YAMLError, ValueError):
        return
    folder = path.split("/")[1:-1]
    yield from _dotted(content, ".".join(folder))


def _dotted(node: object, prefix: str) -> Iterator[str]:
    if prefix.count(".") > 4:  # anchors may tie a knot
        return
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in items:
        if prefix or key != "defaults":
            dotted = f"{prefix}.{key}" if prefix else str(key)
            yield dotted
            yield from _dotted(child, dotted)
