"""A config's nodes and its table in, unknown keys and refused values out."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from trainlint.facts.launcher_config import InvalidValue, LauncherConfigProblem, UnknownKey
from trainlint.facts.yaml import YamlEntry, YamlMap, YamlNode, YamlScalar
from trainlint.parse.launcher_configs.schema import Section, Setting, Shape, Surplus

#: What keys begin with that hold remarks.
_COMMENTS = ("_", "#", "//")
_REFUSED = {Surplus.REFUSED: True, Surplus.REFUSED_LATELY: None, Surplus.DROPPED: False}
#: More choices than this are not all named.
_MANY = 6
_SWITCHES = frozenset(("true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0", "auto"))


def walk(library: str, node: YamlMap, section: Section, path: str = "") -> Iterator[LauncherConfigProblem]:
    """The problems of one mapping and of what stands below it."""
    for entry in node.entries:
        name = entry.key
        if not isinstance(name, str):
            continue
        setting = section.find(name)
        if setting is None:
            yield from _surplus(library, name, entry, section, path)
        elif setting.shape is not Shape.SECTION:
            yield from _value(library, setting, entry, f"{path}{name}")
        elif isinstance(entry.node, YamlMap) and setting.section is not None:
            yield from walk(library, entry.node, setting.section, f"{path}{name}.")
        elif not _may_stand_for_section(setting, entry.node):
            yield InvalidValue(
                library, f"{path}{name}", _named(entry.node), "a mapping", entry.node.span, "TypeError"
            )


def _may_stand_for_section(setting: Setting, node: YamlNode) -> bool:
    """Whether the library takes something else than a mapping, as far as we know."""
    if setting.choices and isinstance(node, YamlScalar):
        return any(node.value is choice for choice in setting.choices) or node.value == "auto"
    return not setting.choices


def _surplus(
    library: str, name: str, entry: YamlEntry, section: Section, path: str
) -> Iterator[LauncherConfigProblem]:
    if section.surplus is Surplus.KEPT or name.startswith(_COMMENTS):
        return
    refused = _REFUSED[section.surplus]
    if refused and isinstance(entry.node, YamlScalar) and entry.node.value == section.dropped:
        refused = False
    found = difflib.get_close_matches(name, section.settings, n=1, cutoff=0.6 if refused else 0.8)
    near = f"{path}{found[0]}" if found else None
    yield UnknownKey(
        library, f"{path}{name}", near, entry.key_span, refused, section.versions, section.runtime
    )


def _value(library: str, setting: Setting, entry: YamlEntry, key: str) -> Iterator[LauncherConfigProblem]:
    node = entry.node
    if setting.shape is Shape.ANY:
        return
    if not isinstance(node, YamlScalar):
        yield InvalidValue(library, key, "a list or mapping", expected(setting, ""), node.span, _runtime(key))
    elif not accepts(setting, node.value):
        yield InvalidValue(
            library, key, _shown(node.value), expected(setting, _shown(node.value)), node.span, _runtime(key)
        )


def _named(node: YamlNode) -> str:
    return _shown(node.value) if isinstance(node, YamlScalar) else "a list"


def _shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return str(value)


def expected(setting: Setting, value: str) -> str:
    """What completes "expects …": all choices, or of many the one that was probably meant."""
    if setting.shape is not Shape.CHOICE:
        return str(setting.shape.value)
    shown = dict.fromkeys(str(value) for value in setting.choices if not isinstance(value, bool))
    near = difflib.get_close_matches(value.upper(), shown, n=1) if len(shown) > _MANY else []
    return f"a value such as `{near[0]}`" if near else " or ".join(f"`{choice}`" for choice in shown)


def accepts(setting: Setting, value: object) -> bool:
    """Whether the library takes the value, as far as we know."""
    if value is None:
        return setting.empty
    if setting.auto and value == "auto":
        return True
    if setting.shape is Shape.CHOICE:
        folded = value.lower() if setting.folds_case and isinstance(value, str) else value
        return any(type(choice) is type(folded) and choice == folded for choice in setting.choices)
    return _ACCEPTS[setting.shape](value)


def _is_integer(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) or (isinstance(value, str) and _number(value) is not None)


def _is_size(value: object) -> bool:
    if isinstance(value, str):
        number = _number(value)
        return number is not None and number >= 0
    return _is_integer(value) and isinstance(value, int | float) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and _number(value) is not None)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_switch(value: object) -> bool:
    if isinstance(value, str):
        return value.lower() in _SWITCHES
    return value in (True, False, 0, 1)


def _runtime(key: str) -> str:
    return f"the value of {key} is refused"


_ACCEPTS = {
    Shape.INTEGER: _is_integer,
    Shape.SIZE: _is_size,
    Shape.NUMBER: _is_number,
    Shape.SWITCH: _is_switch,
}
