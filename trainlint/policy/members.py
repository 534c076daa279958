"""A chain in, what the names of a policy expression stand for out."""

from __future__ import annotations

from collections.abc import Mapping

from trainlint.chain.model import Chain
from trainlint.chain.resolving import Path, Resolve, followed, resolver_of, shown_key
from trainlint.facts.config import ConfigList, ConfigMap, ConfigNode, ConfigUnknown, Key
from trainlint.facts.target import TargetFacts, TargetRole, TargetStatus
from trainlint.facts.value import Known, Unknown, Value
from trainlint.policy.evaluate import ABSENT, Leaf
from trainlint.record import record
from trainlint.source import Span

#: What an expression may begin with.
NAMES = ("job", "config", "arch", "script", "model", "data", "checkpoint")


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
    if isinstance(node, ConfigUnknown):
        return node.unknown
    found = followed(path, node, resolve)
    if isinstance(found, Unknown):
        return found
    if isinstance(found.value, (ConfigMap, ConfigList)):
        return ConfigPart(found.value, path, resolve)
    if isinstance(found.value, ConfigUnknown):
        return found.value.unknown
    if found.value.is_missing:
        return Unknown(f"`{shown_key(path)}` is still `???`", node.origin.span)
    return Leaf(found.value.value, node.origin.span)


@record
class Record:
    """Named values that are known beside the config: of the job, the script, the model."""

    values: Mapping[str, object]

    def member(self, name: object) -> object:
        """The value of this name; absent when there is none."""
        return self.values.get(str(name), ABSENT)

    def plain(self) -> object:
        """All of them."""
        return {name: _plain(value) for name, value in self.values.items()}


def _plain(value: object) -> object:
    return value.value if isinstance(value, (Leaf, Known)) else value


def names_of(chain: Chain) -> dict[str, object]:
    """What each name stands for in one launch."""
    nowhere = Unknown("the config of this launch could not be composed", chain.job.span)
    config: object = nowhere
    arch: object = nowhere
    if chain.compositions and chain.script is not None and chain.compositions[0].root is not None:
        composition = chain.compositions[0]
        assert composition.root is not None
        resolve = resolver_of(composition, chain.script, chain.launch)
        config = ConfigPart(composition.root, (), resolve)
        arch = _arch(chain, config)
    return {
        "job": _job(chain),
        "config": config,
        "arch": arch,
        "script": _script(chain),
        "model": _target(chain, TargetRole.MODEL),
        "data": _target(chain, TargetRole.DATA),
        "checkpoint": Unknown("checkpoints are not read yet", chain.job.span),
    }


def _job(chain: Chain) -> Record:
    launch, job = chain.launch, chain.job
    return Record(
        {
            "file": Leaf(job.span.file, job.span),
            "line": Leaf(job.span.line, job.span),
            "command": Leaf(job.text, job.span),
            "marker": Leaf(job.marker.value if job.marker is not None else None, job.span),
            "launchers": Leaf([use.name for use in launch.launchers], job.span),
            "world_size": _leaf(launch.world_size),
            "environment": Record({name: _leaf(value) for name, value in launch.environment.items()}),
        }
    )


def _leaf(value: Value[object]) -> object:
    return value if isinstance(value, Unknown) else Leaf(value.value, value.span)


def _arch(chain: Chain, config: ConfigPart) -> object:
    """The part of the config in which the model is named."""
    for target in chain.targets:
        if target.role is TargetRole.MODEL:
            above = target.key.rpartition(".")[0]
            return config.member(above) if above else config
    found = config.member("arch")
    if isinstance(found, ConfigPart):
        return found
    return Unknown("no part of the config names a model", chain.job.span)


def _script(chain: Chain) -> object:
    script = chain.script
    if script is None:
        return Unknown("the script of this launch was not found", chain.job.span)
    place = Span.at(script.module.display)
    name = _leaf(chain.entry.config_name) if chain.entry is not None else ABSENT
    return Record(
        {
            "path": Leaf(script.module.display, place),
            "name": Leaf(script.module.path.name, place),
            "config_name": name,
            "defines": Leaf(sorted(script.module.definitions), place),
            "imports": Leaf(sorted({entry.full_name for entry in script.module.imports}), place),
        }
    )


def _target(chain: Chain, role: TargetRole) -> object:
    """The first class of a role that the config names."""
    for target in chain.targets:
        if target.role is role:
            return _target_record(target)
    return Unknown(f"the config names no {role.value}", chain.job.span)


def _target_record(target: TargetFacts) -> object:
    if target.status is not TargetStatus.FOUND or target.definition is None:
        return Unknown(f"`{target.text}` was not found", target.origin.span)
    place = target.origin.span
    return Record(
        {
            "text": Leaf(target.text, place),
            "name": Leaf(target.name, place),
            "module": Leaf(target.module, place),
            "file": Leaf(target.definition.file, place),
        }
    )
