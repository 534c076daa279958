"""The text of a defaults list in, its items and what Hydra would refuse of them out."""

from __future__ import annotations

from collections.abc import Iterator

from trainlint.compose.elements import MISSING, SELF, Entry, Option
from trainlint.facts.schema import SchemaFacts
from trainlint.facts.value import Known, Unknown
from trainlint.facts.yaml import ConfigText, YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar
from trainlint.record import record
from trainlint.source import Span


@record
class ListTrouble:
    """Something in a defaults list that Hydra refuses; `hydra` are the words it prints."""

    span: Span
    message: str
    hydra: str


def read_entries(
    text: ConfigText, path: str, legacy: bool
) -> tuple[tuple[Entry, ...], tuple[ListTrouble, ...]]:
    """The items of a config's defaults list, those that cannot be read left out, and why."""
    if text.defaults is None:
        return (), ()
    return _read_list(text.defaults.node, text.defaults.key_span, path, legacy)


def schema_entries(
    schema: SchemaFacts, path: str, legacy: bool
) -> tuple[tuple[Entry, ...], tuple[ListTrouble, ...]]:
    """The same for a structured config: its field `defaults` holds the list; a computed one is empty here."""
    for field in schema.fields:
        if field.name == "defaults" and isinstance(field.default, Known):
            return _read_list(_node(field.default.value, field.span), field.span, path, legacy)
    return (), ()


def hidden_list(schema: SchemaFacts) -> Unknown | None:
    """Why a structured config's defaults list cannot be known, None when it can."""
    for field in schema.fields:
        if field.name == "defaults" and isinstance(field.default, Unknown):
            return Unknown(f"the defaults list of `{schema.name}`: {field.default.reason}", field.span)
    return None


def _node(value: object, span: Span) -> YamlNode:
    """A Python value as if it had been read from a text."""
    if isinstance(value, dict):
        return YamlMap(tuple(YamlEntry(key, span, _node(item, span)) for key, item in value.items()), span)
    if isinstance(value, (list, tuple)):
        return YamlList(tuple(_node(item, span) for item in value), span)
    if value is None or isinstance(value, (str, int, float, bool, bytes)):
        return YamlScalar(value, span)
    return YamlScalar(str(value), span)


def _read_list(
    node: YamlNode, key_span: Span, path: str, legacy: bool
) -> tuple[tuple[Entry, ...], tuple[ListTrouble, ...]]:
    if isinstance(node, YamlScalar) and node.value == MISSING:
        return (), ()
    if not isinstance(node, YamlList):
        found = "mapping" if isinstance(node, YamlMap) else _python_name(node)
        hydra = f"Invalid defaults list in '{path}', defaults must be a list (got {found})"
        return (), (ListTrouble(key_span, "`defaults` must be a list", hydra),)
    items = [_item(item, path, legacy) for item in node.items]
    entries = tuple(item for item in items if isinstance(item, Entry))
    return entries, tuple(item for item in items if isinstance(item, ListTrouble))


def _item(node: YamlNode, path: str, legacy: bool) -> Entry | ListTrouble:
    if isinstance(node, YamlMap):
        return _group_item(node, path, legacy)
    if isinstance(node, YamlScalar) and isinstance(node.value, str):
        return _config_item(node.value, node.span, path)
    hydra = f"Unsupported type in defaults : {_python_name(node)}"
    return ListTrouble(node.span, "an item of a defaults list is a config name or `group: option`", hydra)


def _config_item(value: str, span: Span, path: str) -> Entry | ListTrouble:
    name, package = _split_package(value)
    if name == SELF and package is not None:
        return ListTrouble(span, "`_self_` takes no package", "_self_@PACKAGE is not supported")
    if name.rpartition("/")[2] == MISSING:
        hydra = f"Missing ConfigDefault is not supported : {name}"
        return ListTrouble(span, "`???` stands only for the option of a group", hydra)
    return Entry(None, name, package, span, span)


def _group_item(node: YamlMap, path: str, legacy: bool) -> Entry | ListTrouble:
    entries = list(node.entries)
    optional = False
    if legacy and len(entries) > 1:
        marks = [entry for entry in entries if entry.key == "optional"]
        entries = [entry for entry in entries if entry.key != "optional"]
        optional = any(isinstance(m.node, YamlScalar) and bool(m.node.value) for m in marks)
    if len(entries) != 1:
        problem = "Too many keys in default item" if entries else "Missing group name in"
        shown = ", ".join(f"{entry.key!r}: {_shown(entry.node)}" for entry in entries)
        message = "an item of a defaults list has exactly one `group: option`"
        return ListTrouble(node.span, message, f"In {path}: {problem} {{{shown}}}")
    return _choice(entries[0], node.span, optional)


def _choice(entry: YamlEntry, span: Span, optional: bool) -> Entry | ListTrouble:
    if not isinstance(entry.key, str):
        message = f"the group name of a defaults item must be a string, not {entry.key!r}"
        return ListTrouble(entry.key_span, message, "AssertionError")
    written, package = _split_package(entry.key)
    *words, group = written.split(" ")
    keywords = set(_leading_keywords(words))
    if not group:
        return ListTrouble(entry.key_span, "the group name is empty", "AssertionError")
    option = _option(entry.node)
    if isinstance(option, ListTrouble):
        return option
    if option == SELF:
        return ListTrouble(entry.node.span, "`_self_` is an item of its own, not an option", "AssertionError")
    return Entry(
        group,
        option,
        package,
        span,
        entry.node.span,
        optional=optional or "optional" in keywords,
        override="override" in keywords,
        option_spans=tuple(i.span for i in entry.node.items) if isinstance(entry.node, YamlList) else (),
    )


def _leading_keywords(words: list[str]) -> Iterator[str]:
    for word in words:
        if word not in ("optional", "override"):
            return
        yield word


def _option(node: YamlNode) -> Option | ListTrouble:
    if isinstance(node, YamlScalar) and (node.value is None or isinstance(node.value, str)):
        return node.value
    if not isinstance(node, YamlList):
        hydra = f"Unsupported item value in defaults : {_python_name(node)}. Supported: string or list"
        return ListTrouble(node.span, "an option is a string, a list of strings or null", hydra)
    names = []
    for item in node.items:
        if not isinstance(item, YamlScalar) or not isinstance(item.value, str):
            hydra = (
                f"Unsupported item value in defaults : {_python_name(item)},"
                " nested list items must be strings"
            )
            return ListTrouble(item.span, "the options of a list must be strings", hydra)
        names.append(item.value)
    return tuple(names)


def _split_package(text: str) -> tuple[str, str | None]:
    """`group@package`; of the old renaming form `group@a:b` only `a` counts."""
    name, found, package = text.partition("@")
    return name, package.partition(":")[0] if found else None


def _shown(node: YamlNode) -> str:
    return repr(node.value) if isinstance(node, YamlScalar) else "…"


def _python_name(node: YamlNode) -> str:
    if isinstance(node, YamlMap):
        return "dict"
    if isinstance(node, YamlList):
        return "list"
    return type(node.value).__name__
