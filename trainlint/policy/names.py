"""A chain in, what the names of an expression stand for in each composition of it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from trainlint.chain.model import Chain
from trainlint.chain.resolving import resolver_of
from trainlint.chain.weights.configs import OwnConfigs
from trainlint.facts.config import Composition, Inclusion, InclusionKind, Origin, leaves
from trainlint.facts.module import DefinitionKind, ModuleFacts
from trainlint.facts.paths import PathRole
from trainlint.facts.profile import Aspect, Profile
from trainlint.facts.target import TargetFacts, TargetRole, TargetStatus
from trainlint.facts.value import Unknown
from trainlint.policy.beside import Checkpoints, Folders
from trainlint.policy.calls import CallsMemo, calls_of
from trainlint.policy.evaluate import ABSENT, Leaf
from trainlint.policy.members import ConfigPart, Deferred, Record, Settings, leaf
from trainlint.record import record
from trainlint.source import Files, Span


@dataclass
class NamesMemo:
    """The names of the launch that rules are looking at, and the calls of all scripts."""

    files: Files
    calls: CallsMemo = field(default_factory=CallsMemo)
    _checkpoints: OwnConfigs | None = None
    _chain: Chain | None = None
    _names: tuple[Mapping[str, object], ...] = ()

    def of(self, chain: Chain) -> tuple[Mapping[str, object], ...]:
        """The names of each run that the launch makes: one in all, or one per sweep point."""
        if chain is not self._chain:
            own = self._checkpoints = self._checkpoints or OwnConfigs(self.files)
            points = chain.compositions or (None,)
            runs = [_Run(chain, point, self.calls, self.files, own) for point in points]
            self._chain, self._names = chain, tuple(map(_Names, runs))
        return self._names


@record
class _Run:
    """One run of a launch."""

    chain: Chain
    composition: Composition | None
    calls: CallsMemo
    files: Files
    checkpoints: OwnConfigs


class _Names(dict[str, object]):
    """Names that are looked up when an expression asks for them."""

    def __init__(self, run: _Run) -> None:
        super().__init__()
        self._run = run

    def __missing__(self, name: str) -> object:
        made = self[name] = _MAKERS[name](self._run)
        return made


def _job(run: _Run) -> Record:
    launch, job = run.chain.launch, run.chain.job
    choices = run.composition.choices if run.composition is not None else ()
    options = {option.name: option for use in launch.launchers for option in use.options}
    return Record(
        {
            "file": Leaf(job.span.file, job.span),
            "line": Leaf(job.span.line, job.span),
            "command": Leaf(job.text, job.span),
            "marker": Leaf(job.marker.value, job.span) if job.marker is not None else ABSENT,
            "launchers": Leaf([use.name for use in launch.launchers], job.span),
            "options": Record(
                {
                    name: Leaf(True, option.span) if option.value is None else leaf(option.value)
                    for name, option in options.items()
                }
            ),
            "environment": Record({name: leaf(value) for name, value in launch.environment.items()}),
            "world_size": leaf(launch.world_size),
            "config_name": _config_name(run),
            "folders": Folders(run.files, launch),
            "choices": Record({choice.group: leaf(choice.option) for choice in choices}),
        }
    )


def _config_name(run: _Run) -> object:
    """The config that is composed, at the place that names it."""
    if run.composition is None or run.composition.primary is None:
        return ABSENT if run.chain.entry is None else _not_composed(run)
    arguments, entry = run.chain.arguments, run.chain.entry
    given = arguments.config_name if arguments is not None else None
    place = given.span if given is not None else entry.config_name.span if entry is not None else None
    return Leaf(PurePosixPath(run.composition.primary).stem, place or run.chain.job.span)


def _not_composed(run: _Run) -> Unknown:
    return Unknown("the config of this launch could not be composed", run.chain.job.span)


def _config(run: _Run) -> object:
    chain = run.chain
    if chain.script is None or chain.entry is not None or run.composition is not None:
        if run.composition is None or run.composition.root is None or chain.script is None:
            return _not_composed(run)
        return ConfigPart(run.composition.root, (), resolver_of(run.composition, chain.script, chain.launch))
    check = chain.command_line
    if check is None:
        unread = Unknown("how the script reads its arguments is not known", chain.job.span)
        return unread if chain.script.parser is not None else ABSENT
    if check.values is None:
        reason = check.unverified[0] if check.unverified else None
        return reason or Unknown("what the arguments come to is not known", chain.job.span)
    return Settings(check.values, check.more)


def _arch(run: _Run) -> object:
    """The part of the config in which the model is named."""
    config = _config(run)
    if not isinstance(config, ConfigPart):
        return config
    target = _target(run, TargetRole.MODEL)
    if target is not None:
        above = target.key.rpartition(".")[0]
        return config.member(above) if above else config
    found = config.member("arch")
    if isinstance(found, ConfigPart):
        return found
    return Unknown("no part of the config names a model", run.chain.job.span)


def _script(run: _Run) -> object:
    script = run.chain.script
    if script is None:
        return Unknown("the script of this launch was not found", run.chain.job.span)
    place = Span.at(script.module.display)
    entry = run.chain.entry
    return Record(
        {
            "path": Leaf(script.module.display, place),
            "name": Leaf(script.module.path.name, place),
            "config_name": leaf(entry.config_name) if entry is not None else ABSENT,
            "defines": Leaf(sorted(_defined(script.module)), place),
            "imports": Leaf(sorted({entry.full_name for entry in script.module.imports}), place),
            "modules": Leaf(sorted(module.display for module in script.loaded), place),
            "calls": Deferred(lambda: calls_of(run.chain, run.calls, script).names()),
            "sets": Deferred(lambda: Leaf(sorted(run.calls.of(script).sets), place)),
            "call": Deferred(lambda: calls_of(run.chain, run.calls, script)),
        }
    )


def _defined(module: ModuleFacts) -> list[str]:
    """The names that a file defines itself; what it imports is listed apart."""
    return [name for name, entry in module.definitions.items() if entry.kind is not DefinitionKind.IMPORT]


def _target(run: _Run, role: TargetRole) -> TargetFacts | None:
    """The first class of a role that this run's config names."""
    config = _config(run) if len(run.chain.compositions) > 1 else None
    for target in run.chain.targets:
        if target.role is role and (config is None or _names(config, target)):
            return target
    return None


def _names(config: object, target: TargetFacts) -> bool:
    """Whether the config of one sweep point names the target."""
    found = config.member(target.key) if isinstance(config, ConfigPart) else None
    return isinstance(found, Leaf) and found.value == target.text


def _target_record(run: _Run, role: TargetRole, more: dict[str, object]) -> Record:
    """What the config says of the first class of a role, and what else is known of that link."""
    target = _target(run, role)
    if target is None or (target.status is TargetStatus.UNVERIFIED and not target.module):
        reason = f"the config names no {role.value}" if target is None else target.reason
        place = run.chain.job.span if target is None else _brought_by(target.origin)
        lost = Leaf(Unknown(reason or f"the {role.value} was not followed", place), place)
        return Record({**dict.fromkeys(("text", "name", "module", "file"), lost), **more})
    place = _brought_by(target.origin)
    gone = Unknown(target.reason or f"`{target.text}` was not found", place)
    return Record(
        {
            "text": Leaf(target.text, place),
            "name": Leaf(target.name, place),
            "module": Leaf(target.module, place),
            "file": Leaf(target.definition.file if target.definition is not None else gone, place),
            **more,
        }
    )


def _model(run: _Run) -> Record:
    profile = run.chain.profile or Profile()
    modes: dict[str, object] = {
        "act_mode": _aspect(run, profile.act_mode, "how the model is stepped"),
        "encoder": _aspect(run, profile.encoder, "whether the encoding is kept"),
    }
    return _target_record(run, TargetRole.MODEL, modes)


def _data(run: _Run) -> Record:
    profile = run.chain.profile or Profile()
    paths = run.chain.paths
    needed = [path for found in paths for path in found.needed if path.role is PathRole.DATA]
    place = needed[0].origin.span if needed else run.chain.job.span
    given = [path.given for path in needed]
    known: object = given or Unknown("no data that the code reads were found", place)
    modes: dict[str, object] = {
        "mode": _aspect(run, profile.data, "what the data are made for"),
        "paths": Leaf(known, place),
    }
    return _target_record(run, TargetRole.DATA, modes)


def _aspect(run: _Run, aspect: Aspect, what: str) -> Leaf:
    place = aspect.evidence[0].span if aspect.evidence else run.chain.job.span
    value: object = aspect.value
    return Leaf(Unknown(f"{what} is not known", place) if value is None else value, place)


def _brought_by(origin: Origin) -> Span:
    """The override of the command that a value came in with (`arch=trm`), else where it is written."""
    inclusion: Inclusion | None = origin.inclusion
    while inclusion is not None:
        if inclusion.kind is InclusionKind.OVERRIDE:
            return inclusion.span
        inclusion = inclusion.parent
    return origin.span


def _checkpoint(run: _Run) -> object:
    config = _config(run)
    if isinstance(config, ConfigPart | Settings):
        return Checkpoints(run.checkpoints, run.chain.launch, config, lambda: _keys(config))
    return config


def _keys(config: ConfigPart | Settings) -> list[str]:
    if isinstance(config, Settings):
        return list(config.values)
    return [".".join(map(str, path)) for path, _ in leaves(config.node)]


_MAKERS: Mapping[str, Callable[[_Run], object]] = {
    "job": _job,
    "config": _config,
    "arch": _arch,
    "script": _script,
    "model": _model,
    "data": _data,
    "checkpoint": _checkpoint,
}
