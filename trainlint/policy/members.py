"""Parts of a composed config and other facts in, what an expression sees of them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trainlint.chain.resolving import Path, Resolve, followed, shown_key
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigUnknown, Key
from trainlint.facts.value import Unknown, Value
from trainlint.policy.evaluate import ABSENT, Leaf
from trainlint.record import record


@record
class ConfigPart:
    """A mapping or list of the composed config; its members follow interpolations."""

    node: ConfigMap | ConfigList
    path: Path
    resolve: Resolve

    def member(self, name: object) -> object:
        """The value at a key or index; a dotted text is a path."""
        node: ConfigNode | None = self.node
        path: Path = self.path
        for key in _steps(name):
            part = _entered(node, path, self.resolve)
            if isinstance(part, Unknown):
                return part
            node, path = _child(part, key), (*path, key)
            if node is None:
                return ABSENT
        assert node is not None
        return _seen(node, path, self.resolve)

    @property
    def listed(self) -> Leaf | None:
        """A list as a value with its place, None for a mapping or where an item is not known."""
        values = self.plain() if isinstance(self.node, ConfigList) else None
        return Leaf(values, self.node.origin.span) if isinstance(values, list) else None

    def plain(self) -> object:
        """The part as dictionaries and lists."""
        keys = list(self.node.children) if isinstance(self.node, ConfigMap) else range(len(self.node.items))
        values: dict[Key, object] = {}
        for key in keys:
            value = self.member(key)
            value = value.value if isinstance(value, Leaf) else value
            value = value.plain() if isinstance(value, ConfigPart) else value
            if isinstance(value, Unknown):
                return value
            values[key] = value
        return values if isinstance(self.node, ConfigMap) else list(values.values())


def _steps(name: object) -> list[Key]:
    if isinstance(name, str):
        return list(name.split("."))
    return [name] if isinstance(name, (int, float, bool, bytes)) else ["\0"]


def _entered(node: ConfigNode | None, path: Path, resolve: Resolve) -> ConfigNode | Unknown | None:
    if node is None or isinstance(node, (ConfigMap, ConfigList)):
        return node
    found = followed(path, node, resolve)
    return found if isinstance(found, Unknown) else found.value


def _child(node: ConfigNode | None, key: Key) -> ConfigNode | None:
    if isinstance(node, ConfigMap):
        return node.children.get(key)
    if isinstance(node, ConfigList):
        index = int(key) if isinstance(key, int) or (isinstance(key, str) and key.isdecimal()) else -1
        return node.items[index] if 0 <= index < len(node.items) else None
    return None


def _seen(node: ConfigNode, path: Path, resolve: Resolve) -> object:
    """A node as the expression sees it."""
    found = followed(path, node, resolve)
    if isinstance(found, Unknown):
        return Leaf(found, node.origin.span)
    if isinstance(found.value, (ConfigMap, ConfigList)):
        return ConfigPart(found.value, path, resolve)
    if isinstance(found.value, ConfigUnknown):
        return Leaf(found.value.unknown, node.origin.span)
    if found.value.is_missing:
        return Leaf(Unknown(f"`{shown_key(path)}` is still `???`", node.origin.span), node.origin.span)
    return Leaf(found.value.value, node.origin.span)


@record
class Deferred:
    """A value that costs something, made when it is asked for."""

    made: Callable[[], object]


@record
class Record:
    """Named values that are known beside the config: of the job, the script, the model.

    `open` says why there may be more of them.
    """

    values: Mapping[str, object]
    open: Unknown | None = None

    def member(self, name: object) -> object:
        """The value of this name; absent when there is none."""
        found = self.values.get(str(name), self.open or ABSENT)
        return found.made() if isinstance(found, Deferred) else found

    def plain(self) -> object:
        """All of them."""
        values = {name: _plain(self.member(name)) for name in self.values}
        unknown = next((value for value in values.values() if isinstance(value, Unknown)), self.open)
        return unknown or values


def _plain(value: object) -> object:
    if isinstance(value, Leaf):
        return value.value
    return value.plain() if hasattr(value, "plain") else value if isinstance(value, Unknown) else None


@record
class Settings:
    """Values by dotted names: what a script without Hydra has for a config.

    `open` says why there may be more of them.
    """

    values: Mapping[str, Value[object]]
    open: Unknown | None = None
    prefix: str = ""

    def member(self, name: object) -> object:
        """The value of this name, or the values below it."""
        full = f"{self.prefix}{name!s}"
        if full in self.values:
            return leaf(self.values[full])
        if any(known.startswith(f"{full}.") for known in self.values):
            return Settings(self.values, self.open, f"{full}.")
        return ABSENT if self.open is None else self.open

    def plain(self) -> object:
        """All values at once."""
        found = {name: value for name, value in self.values.items() if name.startswith(self.prefix)}
        unknown = next((value for value in found.values() if isinstance(value, Unknown)), self.open)
        return unknown or {name.removeprefix(self.prefix): value.value for name, value in found.items()}


def leaf(value: Value[object]) -> Leaf:
    """A value as an expression meets it: it is there, whether it is known or not."""
    return Leaf(value if isinstance(value, Unknown) else value.value, value.span)
