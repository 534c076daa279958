"""A composed config and a path in, the plain value that the program sees there out."""

from __future__ import annotations

from trainlint.chain.evaluation import Lookup
from trainlint.chain.operations import ABSENT
from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigScalar, ConfigUnknown, Key
from trainlint.facts.value import Known, Unknown, Value
from trainlint.source import Span


def lookup_in(root: ConfigMap, resolve: Resolve) -> Lookup:
    """Looks paths up in one composition; each is followed once."""
    known: dict[tuple[str, ...], Value[object]] = {}

    def look(path: tuple[str, ...]) -> Value[object]:
        if path not in known:
            known[path] = _at(root, path, resolve)
        return known[path]

    return look


def _at(root: ConfigMap, path: tuple[str, ...], resolve: Resolve) -> Value[object]:
    node: ConfigNode = root
    walked: Path = ()
    for step in path:
        if step == "*":
            return Unknown(f"the items of `{shown_key(walked)}` differ", node.origin.span)
        entered = followed(walked, node, resolve)
        if isinstance(entered, Unknown):
            return entered
        found = _child(entered.value, step)
        if found is None:
            return _absent(entered.value, node.origin.span)
        key, node = found
        walked = (*walked, key)
    return plain(node, walked, resolve)


def _absent(holder: ConfigNode, place: Span) -> Value[object]:
    if isinstance(holder, ConfigUnknown):
        return holder.unknown
    return Known(ABSENT, place)


def _child(node: ConfigNode, step: str) -> tuple[Key, ConfigNode] | None:
    if isinstance(node, ConfigMap):
        if step in node.children:
            return step, node.children[step]
        return next(((key, child) for key, child in node.children.items() if str(key) == step), None)
    if isinstance(node, ConfigList) and step.lstrip("-").isdecimal():
        index = int(step)
        if -len(node.items) <= index < len(node.items):
            return index % len(node.items), node.items[index]
    return None


def plain(node: ConfigNode, path: Path, resolve: Resolve) -> Value[object]:
    """A node as plain data; a `???` is Unknown, since reading it stops the run in its own way."""
    seen = followed(path, node, resolve)
    if isinstance(seen, Unknown):
        return seen
    value = seen.value
    if isinstance(value, ConfigUnknown):
        return value.unknown
    if isinstance(value, ConfigScalar):
        if value.is_missing:
            return Unknown(f"`{shown_key(path)}` is still `???`", node.origin.span)
        return Known(value.value, node.origin.span)
    items = value.children.items() if isinstance(value, ConfigMap) else enumerate(value.items)
    parts: dict[Key, object] = {}
    for key, child in items:
        inner = plain(child, (*path, key), resolve)
        if isinstance(inner, Unknown):
            return inner
        parts[key] = inner.value
    whole: object = parts if isinstance(value, ConfigMap) else list(parts.values())
    return Known(whole, node.origin.span)
